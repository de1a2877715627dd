// Which subtrees of a model are alike.

#ifndef STRATA_FORMATTERS_COMMON_FOLD_H_
#define STRATA_FORMATTERS_COMMON_FOLD_H_

#include <vector>

#include "formatters/common/layer_tree.h"

namespace strata::formatters {

// A number for each layer, the same for two whose subtrees are alike: type,
// flags, calls, parameters, buffers, attributes, metrics and what it is shared
// with, and so for all below, whose names count too. The layer's own name and
// path do not. Which of them are `shown` counts, too: rows of one that stand
// for several are true of each. In time linear in the summary.
std::vector<int> SubtreeKinds(const Summary& summary, const LayerTree& tree,
                              const std::vector<bool>& shown);

}  // namespace strata::formatters

#endif  // STRATA_FORMATTERS_COMMON_FOLD_H_
