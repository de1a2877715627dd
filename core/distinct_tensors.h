// Which parameters or buffers are one tensor held at several places.

#ifndef STRATA_CORE_DISTINCT_TENSORS_H_
#define STRATA_CORE_DISTINCT_TENSORS_H_

#include <vector>

#include "absl/container/inlined_vector.h"
#include "core/module_tree.h"

namespace strata {

// Modules that hold one thing, by index, in registration order. Nearly always
// there is one.
using Holders = absl::InlinedVector<int, 4>;

// One tensor and every module that registered it. A module that holds it under
// two names stands there twice.
struct DistinctTensor {
  const ParameterInfo* info =
      nullptr;  // As its first holder has it; owned by the tree.
  Holders holders;
  // As each of the holders has it.
  absl::InlinedVector<const ParameterInfo*, 2> infos;
};

// The tensors in a tree's `parameters` or `buffers` (a member of Module), each
// once, by the memory and the shape they show. Linear in their number.
std::vector<DistinctTensor> FindDistinctTensors(
    const ModuleTree& tree, std::vector<ParameterInfo> Module::*which);

// The deepest module whose subtree holds both.
int CommonAncestor(const ModuleTree& tree, int a, int b);

}  // namespace strata

#endif  // STRATA_CORE_DISTINCT_TENSORS_H_
