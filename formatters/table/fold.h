// Which subtrees of a model are alike.

#ifndef STRATA_FORMATTERS_TABLE_FOLD_H_
#define STRATA_FORMATTERS_TABLE_FOLD_H_

#include <vector>

#include "formatters/table/layer_tree.h"

namespace strata::formatters::table {

// A number for each layer, the same for two whose subtrees are alike: type,
// flags, calls, parameters, buffers, attributes, metrics and what it is shared
// with, and so for all below, whose names count too. The layer's own name and
// path do not. In time linear in the summary.
std::vector<int> SubtreeKinds(const Summary& summary, const LayerTree& tree);

}  // namespace strata::formatters::table

#endif  // STRATA_FORMATTERS_TABLE_FOLD_H_
