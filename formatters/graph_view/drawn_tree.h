// Which modules of a summary have a box.

#ifndef STRATA_FORMATTERS_GRAPH_VIEW_DRAWN_TREE_H_
#define STRATA_FORMATTERS_GRAPH_VIEW_DRAWN_TREE_H_

#include <string>
#include <vector>

#include "core/summary.pb.h"
#include "formatters/common/layer_tree.h"
#include "formatters/graph_view/graph_view.h"

namespace strata::formatters::graph {

// All by the layer's place.
class DrawnTree {
 public:
  DrawnTree(const Summary& summary, const ViewOptions& options);

  const LayerTree& tree() const { return tree_; }

  // A layer's children in the order in which they first got something in the
  // run, then the others in that of registration: -1 for no more. Graphviz lets
  // data flow downwards from what is named first.
  int FirstInRun(int layer) const { return first_in_run_[layer]; }
  int NextInRun(int layer) const { return next_in_run_[layer]; }

  // The layer that is drawn in place of this one: itself, or where it is in one
  // of several siblings folded, its like in the first of them.
  int Like(int layer) const { return like_[layer]; }
  // Whether two layers are in, or are, different ones of siblings that are
  // folded into one.
  bool AreFoldedApart(int a, int b) const;
  // Of the first of siblings that are folded: how many, and the last.
  int Count(int layer) const { return count_[layer]; }
  int Last(int layer) const { return last_[layer]; }

  // Whether what is in the layer is drawn.
  bool IsOpened(int layer) const {
    return may_open_[layer] && depth_[layer] < max_depth_;
  }
  int max_depth() const { return max_depth_; }  // Of a layer that is drawn.
  // How many of an opened layer's children have a box.
  int max_children() const { return max_children_; }
  // What of the options was not kept, in words; or nothing.
  const std::string& cut() const { return cut_; }

 private:
  void OrderByRun(const Summary& summary);
  void Fold(const Summary& summary);
  void FoldChildren(int parent, const std::vector<int>& kinds);
  void LookWhatMayOpen(const Summary& summary);
  void Fit(const ViewOptions& options);

  const LayerTree tree_;
  std::vector<int> first_in_run_;
  std::vector<int> next_in_run_;
  std::vector<int> depth_;
  std::vector<bool> may_open_;
  std::vector<int> like_;
  std::vector<int> count_;
  std::vector<int> last_;
  // Of siblings that are folded: the first of them, and the place in the row.
  std::vector<int> group_;
  std::vector<int> place_;
  std::vector<int> nearest_folded_;  // Itself or what it is in; -1: none.
  int max_depth_ = 0;
  int max_children_ = 0;
  std::string cut_;
};

}  // namespace strata::formatters::graph

#endif  // STRATA_FORMATTERS_GRAPH_VIEW_DRAWN_TREE_H_
