// Shapes of common operators that have no meta kernel in LibTorch.

#ifndef STRATA_PLUGINS_SOURCES_TORCHSCRIPT_SHAPE_RULES_H_
#define STRATA_PLUGINS_SOURCES_TORCHSCRIPT_SHAPE_RULES_H_

#include <torch/library.h>

namespace strata::torchscript {

// Registers them for meta tensors: those whose arithmetic, on zeros, would cost
// most. Sizes, strides and dtypes are those that the CPU's kernels give.
void RegisterShapeRules(torch::Library& library);

}  // namespace strata::torchscript

#endif  // STRATA_PLUGINS_SOURCES_TORCHSCRIPT_SHAPE_RULES_H_
