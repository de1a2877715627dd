// LibTorch's structured kernels for meta tensors.

#ifndef STRATA_PYTHON_EXTENSION_STRUCTURED_KERNELS_H_
#define STRATA_PYTHON_EXTENSION_STRUCTURED_KERNELS_H_

#include <torch/library.h>

namespace strata::python {

// What the common ones do on meta (native_functions.yaml has them as
// `structured`), registered once more: under what PyTorch's Python code has put
// over them they are still there, as the functions at::meta::….
void RegisterStructured(torch::Library& kernels);

}  // namespace strata::python

#endif  // STRATA_PYTHON_EXTENSION_STRUCTURED_KERNELS_H_
