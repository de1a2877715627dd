// The summary's list of layers as a tree.

#ifndef STRATA_FORMATTERS_TABLE_LAYER_TREE_H_
#define STRATA_FORMATTERS_TABLE_LAYER_TREE_H_

#include <vector>

namespace strata {
class Summary;  // core/summary.pb.h
}  // namespace strata

namespace strata::formatters::table {

// By place in the list; -1 where there is none. A child stands behind its
// parent and before its next sibling. Where a saved summary breaks that rule,
// the layer counts as a child of the root: every layer is in the tree.
struct LayerTree {
  explicit LayerTree(const Summary& summary);

  std::vector<int> first_child;
  std::vector<int> next_sibling;
};

}  // namespace strata::formatters::table

#endif  // STRATA_FORMATTERS_TABLE_LAYER_TREE_H_
