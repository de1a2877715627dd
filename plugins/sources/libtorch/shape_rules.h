// Shapes of common operators that have no meta kernel in LibTorch.

#ifndef STRATA_PLUGINS_SOURCES_LIBTORCH_SHAPE_RULES_H_
#define STRATA_PLUGINS_SOURCES_LIBTORCH_SHAPE_RULES_H_

#include <c10/util/ArrayRef.h>
#include <torch/library.h>

#include <cstdint>
#include <vector>

namespace strata::libtorch {

// Registers them for meta tensors: those whose arithmetic, on zeros, would cost
// most. Sizes, strides and dtypes are those that the CPU's kernels give.
void RegisterShapeRules(torch::Library& library);

// Takes an operator's arguments from the stack, in the order of its schema.
std::vector<c10::IValue> TakeArguments(const c10::OperatorHandle& op,
                                       std::vector<c10::IValue>* stack);

// The sizes of a convolution's output; `output_padding` is of transposed ones.
std::vector<int64_t> ConvolutionSizes(
    c10::IntArrayRef input, c10::IntArrayRef weight, c10::IntArrayRef stride,
    c10::IntArrayRef padding, c10::IntArrayRef dilation, bool transposed,
    c10::IntArrayRef output_padding, int64_t groups);

}  // namespace strata::libtorch

#endif  // STRATA_PLUGINS_SOURCES_LIBTORCH_SHAPE_RULES_H_
