// What the modules of a tree hold, each thing once.

#ifndef STRATA_CORE_HELD_AMOUNTS_H_
#define STRATA_CORE_HELD_AMOUNTS_H_

#include <vector>

#include "core/count.h"
#include "core/distinct_tensors.h"
#include "core/module_tree.h"

namespace strata {

// An amount (elements, bytes) and every module that holds it.
struct HeldAmount {
  Count amount;
  Holders holders;  // At least one.
};

// The memory of a tree's `parameters` or `buffers` (a member of Module), in
// bytes. A byte is there once, however many tensors show it: two views of one
// storage that overlap are cut where they do. A view shows the bytes from its
// offset on, as many as its elements take and the storage has.
std::vector<HeldAmount> HeldBytes(const ModuleTree& tree,
                                  std::vector<ParameterInfo> Module::*which);
// The same, where they have been found already.
std::vector<HeldAmount> HeldBytes(const std::vector<DistinctTensor>& tensors);

// What to start from with parameters: unknown where a module has some that are
// not listed (Module::parameters_known), else 0.
std::vector<Count> OfUnlisted(const ModuleTree& tree);

// What each module's own tensors are the first to hold: these add up to the
// whole. Starts from `start`, one count for each module.
std::vector<Count> FirstHeld(const std::vector<HeldAmount>& amounts,
                             std::vector<Count> start);

// What each module's subtree holds, each amount once. Starts from `start`, what
// is added to each module. Linear, but for the way up from each amount that
// several modules hold.
std::vector<Count> SubtreeHeld(const ModuleTree& tree,
                               const std::vector<HeldAmount>& amounts,
                               std::vector<Count> start);

}  // namespace strata

#endif  // STRATA_CORE_HELD_AMOUNTS_H_
