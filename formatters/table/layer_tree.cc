#include "formatters/table/layer_tree.h"

#include "core/summary.pb.h"

namespace strata::formatters::table {

LayerTree::LayerTree(const Summary& summary)
    : first_child(summary.layers_size(), -1),
      next_sibling(summary.layers_size(), -1) {
  // From the end, each layer becomes the first of the siblings found so far.
  for (int i = summary.layers_size() - 1; i > 0; --i) {
    const int said = summary.layers(i).parent();
    const int parent = said >= 0 && said < i ? said : 0;
    next_sibling[i] = first_child[parent];
    first_child[parent] = i;
  }
}

}  // namespace strata::formatters::table
