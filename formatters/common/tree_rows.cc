#include "formatters/common/tree_rows.h"

#include <algorithm>
#include <utility>

#include "core/formatter.h"
#include "core/summary.pb.h"
#include "formatters/common/fold.h"
#include "formatters/common/layer_tree.h"
#include "formatters/common/row_selection.h"

namespace strata::formatters {
namespace {

class RowCollector {
 public:
  RowCollector(const Summary& summary, const FormatOptions& options,
               const LayerTree& tree, const RowSelection& selection)
      : summary_(summary),
        options_(options),
        tree_(tree),
        selection_(selection) {
    if (options.fold) kinds_ = SubtreeKinds(summary, tree_, selection.shown);
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
      next.push_back(Shown(tree_.first_child[at]));
      AddParameterRows(at, depth + 1, next.back() >= 0);
    }
    return std::move(rows_);
  }

 private:
  // The layer, or else the next of its siblings that has a row.
  int Shown(int layer) const {
    while (layer >= 0 && !HasRow(layer)) layer = tree_.next_sibling[layer];
    return layer;
  }

  bool HasRow(int layer) const {
    return selection_.shown[layer] && (hidden_.empty() || !hidden_[layer]);
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
    if (!selection_.parameters[place]) return;
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
  const LayerTree& tree_;
  const RowSelection& selection_;
  std::vector<int> kinds_;    // Empty: nothing is folded.
  std::vector<int> numbers_;  // Empty: they are not shown.
  std::vector<bool> hidden_;  // Empty: nothing is hidden.
  std::vector<TreeRow> rows_;
};

}  // namespace

absl::StatusOr<std::vector<TreeRow>> TreeRows(const Summary& summary,
                                              const FormatOptions& options) {
  const LayerTree tree(summary);
  const absl::StatusOr<RowSelection> selection =
      SelectRows(summary, tree, options);
  if (!selection.ok()) return selection.status();
  return RowCollector(summary, options, tree, *selection).Collect();
}

}  // namespace strata::formatters
