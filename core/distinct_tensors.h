// Which parameters or buffers are one tensor held at several places.

#ifndef STRATA_CORE_DISTINCT_TENSORS_H_
#define STRATA_CORE_DISTINCT_TENSORS_H_

#include <vector>

#include "core/module_tree.h"

namespace strata {

// One tensor and every module that registered it, in registration order. A
// module that holds it under two names stands there twice.
struct DistinctTensor {
  const ParameterInfo* info;  // As its first holder has it; owned by the tree.
  std::vector<int> holders;   // Indices of modules.
  std::vector<const ParameterInfo*> infos;  // As each of the holders has it.
};

// The tensors in a tree's `parameters` or `buffers` (a member of Module), each
// once, by the memory and the shape they show. Linear in their number.
std::vector<DistinctTensor> FindDistinctTensors(
    const ModuleTree& tree, std::vector<ParameterInfo> Module::*which);

// The deepest module whose subtree holds both.
int CommonAncestor(const ModuleTree& tree, int a, int b);

}  // namespace strata

#endif  // STRATA_CORE_DISTINCT_TENSORS_H_
