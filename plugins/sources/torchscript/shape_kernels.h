// Operators that compute shapes and nothing else.

#ifndef STRATA_PLUGINS_SOURCES_TORCHSCRIPT_SHAPE_KERNELS_H_
#define STRATA_PLUGINS_SOURCES_TORCHSCRIPT_SHAPE_KERNELS_H_

#include <string>

namespace strata::torchscript {

// LibTorch's C++ library has kernels for meta tensors, which have a shape and
// no memory, for a part of its operators (Python registers the rest). This
// registers what is missing: own kernels for the common heavy ones; an error
// for those whose shapes depend on values (`nonzero`); and for all others one
// that runs the CPU's on zeros. Once in a process; cheap to call again.
void RegisterShapeKernels();

// The same for quantized tensors and their operators, which few models have.
void RegisterQuantizedKernels();

// Raises an exception, and keeps the operator's name.
[[noreturn]] void RaiseNeedsValues(const std::string& op);

// The operator that needed values in this thread's last shape-only run, with
// its namespace, or "" for none; forgets it.
std::string TakeOperatorThatNeededValues();

}  // namespace strata::torchscript

#endif  // STRATA_PLUGINS_SOURCES_TORCHSCRIPT_SHAPE_KERNELS_H_
