#include "formatters/table/tree_rows.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/printable.h"
#include "core/summary.pb.h"
#include "formatters/table/fold.h"
#include "formatters/table/layer_tree.h"

namespace strata::formatters::table {
namespace {

class RowCollector {
 public:
  RowCollector(const Summary& summary, int depth, bool fold)
      : summary_(summary), depth_(depth), tree_(summary) {
    if (fold) kinds_ = SubtreeKinds(summary, tree_);
  }

  std::vector<TreeRow> Collect() {
    if (summary_.layers().empty()) return {};
    // The next sibling at each level, in place of recursion: models are deep.
    std::vector<int> next = {0};
    while (!next.empty()) {
      const int at = next.back();
      if (at < 0) {
        next.pop_back();
        continue;
      }
      const int depth = static_cast<int>(next.size()) - 1;
      next.back() = AddRow(at, depth);
      if (depth < depth_) next.push_back(tree_.first_child[at]);
    }
    return std::move(rows_);
  }

 private:
  // Adds a row for the layer and those folded with it; the layer after them.
  int AddRow(int first, int depth) {
    int last = first;
    int after = tree_.next_sibling[first];
    int count = 1;
    for (; after >= 0 && AreAlike(first, after); ++count) {
      last = after;
      after = tree_.next_sibling[after];
    }
    rows_.push_back({&summary_.layers(first), &summary_.layers(last), count,
                     depth, after >= 0});
    return after;
  }

  bool AreAlike(int a, int b) const {
    return !kinds_.empty() && kinds_[a] == kinds_[b];
  }

  const Summary& summary_;
  const int depth_;
  const LayerTree tree_;
  std::vector<int> kinds_;  // Empty: nothing is folded.
  std::vector<TreeRow> rows_;
};

}  // namespace

std::vector<TreeRow> TreeRows(const Summary& summary, int depth, bool fold) {
  return RowCollector(summary, depth, fold).Collect();
}

std::string TreeLines::Next(const TreeRow& row) {
  goes_on_.resize(row.depth + 1);
  goes_on_[row.depth] = row.has_sibling_below;
  if (row.depth == 0) return "";
  std::string lines;
  if (row.depth > max_levels_) {
    lines = NumberedLevel(row.depth);
  } else {
    for (int level = 1; level < row.depth; ++level) {
      absl::StrAppend(&lines, goes_on_[level] ? glyphs_.pipe : glyphs_.nothing);
    }
  }
  absl::StrAppend(&lines,
                  row.has_sibling_below ? glyphs_.branch : glyphs_.corner);
  return lines;
}

std::string TreeLines::NumberedLevel(int depth) const {
  const std::string level = absl::StrCat(glyphs_.ellipsis, depth, " ");
  const int room = (max_levels_ - 1) * kLevelWidth;
  const int spaces = std::max(0, room - DisplayWidth(level));
  return absl::StrCat(std::string(spaces, ' '), level);
}

}  // namespace strata::formatters::table
