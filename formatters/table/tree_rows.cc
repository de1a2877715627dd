#include "formatters/table/tree_rows.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/formatter.h"
#include "core/printable.h"
#include "core/summary.pb.h"
#include "formatters/table/fold.h"
#include "formatters/table/layer_tree.h"

namespace strata::formatters::table {
namespace {

class RowCollector {
 public:
  RowCollector(const Summary& summary, const FormatOptions& options)
      : summary_(summary), options_(options), tree_(summary) {
    if (options.fold) kinds_ = SubtreeKinds(summary, tree_);
    if (options.depth_index) numbers_ = DepthNumbers(tree_);
    if (options.hide_recursive) hidden_ = StandEarlierToo(summary);
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
      if (depth >= options_.depth) continue;
      next.push_back(Shown(tree_.first_child[at]));
      AddParameterRows(at, depth + 1, next.back() >= 0);
    }
    return std::move(rows_);
  }

 private:
  // The layer, or else the next of its siblings that is not hidden.
  int Shown(int layer) const {
    if (hidden_.empty()) return layer;
    while (layer >= 0 && hidden_[layer]) layer = tree_.next_sibling[layer];
    return layer;
  }

  // Adds a row for the layer and those folded with it; the layer after them.
  int AddRow(int first, int depth) {
    int last = first;
    int after = Shown(tree_.next_sibling[first]);
    int count = 1;
    for (; after >= 0 && AreAlike(first, after); ++count) {
      last = after;
      after = Shown(tree_.next_sibling[after]);
    }
    TreeRow row;
    row.layer = &summary_.layers(first);
    row.last_name = &summary_.layers(last).name();
    row.place = first;
    row.count = count;
    row.depth = depth;
    row.has_sibling_below = after >= 0;
    if (!numbers_.empty()) {
      row.depth_number = numbers_[first];
      row.last_depth_number = numbers_[last];
    }
    rows_.push_back(row);
    return after;
  }

  bool AreAlike(int a, int b) const {
    return !kinds_.empty() && kinds_[a] == kinds_[b];
  }

  void AddParameterRows(int place, int depth, bool has_layer_below) {
    if (!options_.parameter_rows && tree_.first_child[place] < 0) return;
    const Layer& layer = summary_.layers(place);
    for (int i = 0; i < layer.parameters_size();) {
      TreeRow row;
      row.layer = &layer;
      row.parameter = &layer.parameters(i);
      row.place = place;
      row.depth = depth;
      const int first = i++;
      while (options_.fold && i < layer.parameters_size() &&
             AreAlike(layer.parameters(first), layer.parameters(i))) {
        ++i;
      }
      row.last_name = &layer.parameters(i - 1).name();
      row.count = i - first;
      row.has_sibling_below = i < layer.parameters_size() || has_layer_below;
      rows_.push_back(row);
    }
  }

  // In all but their names.
  static bool AreAlike(const Parameter& a, const Parameter& b) {
    return a.trainable() == b.trainable() && a.dtype() == b.dtype() &&
           a.shared_with() == b.shared_with() &&
           std::equal(a.shape().begin(), a.shape().end(), b.shape().begin(),
                      b.shape().end());
  }

  const Summary& summary_;
  const FormatOptions& options_;
  const LayerTree tree_;
  std::vector<int> kinds_;    // Empty: nothing is folded.
  std::vector<int> numbers_;  // Empty: they are not shown.
  std::vector<bool> hidden_;  // Empty: nothing is hidden.
  std::vector<TreeRow> rows_;
};

}  // namespace

std::vector<TreeRow> TreeRows(const Summary& summary,
                              const FormatOptions& options) {
  return RowCollector(summary, options).Collect();
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
