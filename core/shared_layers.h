// Which layers of a summary hold what another one holds too.

#ifndef STRATA_CORE_SHARED_LAYERS_H_
#define STRATA_CORE_SHARED_LAYERS_H_

#include "core/module_tree.h"

namespace strata {

class Summary;  // core/summary.pb.h

// Fills in `shared_with` of the layers and of their parameters. Each names the
// first other place and no more, so that a module at a thousand places costs no
// million names. `summary` has the layers of `tree`. Linear.
void SetSharedWith(const ModuleTree& tree, Summary& summary);

}  // namespace strata

#endif  // STRATA_CORE_SHARED_LAYERS_H_
