// The summary's list of layers as a tree.

#ifndef STRATA_FORMATTERS_COMMON_LAYER_TREE_H_
#define STRATA_FORMATTERS_COMMON_LAYER_TREE_H_

#include <vector>

namespace strata {
class Summary;  // core/summary.pb.h
}  // namespace strata

namespace strata::formatters {

// By place in the list; -1 where there is none. A child stands behind its
// parent and before its next sibling. Where a saved summary breaks that rule,
// the layer counts as a child of the root: every layer is in the tree.
struct LayerTree {
  explicit LayerTree(const Summary& summary);

  std::vector<int> parent;
  std::vector<int> first_child;
  std::vector<int> next_sibling;
};

// Each layer's running number among all of its depth: 3 for the third one of
// depth 1, whether it has a row or not.
std::vector<int> DepthNumbers(const LayerTree& tree);

// True for each module that stands at an earlier place too: its shared_with
// names that place. A module that only shares a tensor is none of them: what it
// names is a tensor. The two are never mixed up, for a module has no child and
// no parameter of one name, so a path that is a layer's is no tensor's.
std::vector<bool> StandEarlierToo(const Summary& summary);

}  // namespace strata::formatters

#endif  // STRATA_FORMATTERS_COMMON_LAYER_TREE_H_
