// Kernels for meta tensors of operators for which LibTorch has none.

#ifndef STRATA_PYTHON_EXTENSION_WRITTEN_KERNELS_H_
#define STRATA_PYTHON_EXTENSION_WRITTEN_KERNELS_H_

#include "python/extension/kernel_list.h"

namespace strata::python {

// Shapes, strides, dtypes and refusals are those of PyTorch's kernels in
// Python.
void AddWrittenFunctions(KernelList& kernels);
void AddWrittenLayers(KernelList& kernels);

}  // namespace strata::python

#endif  // STRATA_PYTHON_EXTENSION_WRITTEN_KERNELS_H_
