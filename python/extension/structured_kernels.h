// LibTorch's kernels for meta tensors, to be registered once more.

#ifndef STRATA_PYTHON_EXTENSION_STRUCTURED_KERNELS_H_
#define STRATA_PYTHON_EXTENSION_STRUCTURED_KERNELS_H_

#include <ATen/core/Tensor.h>

#include <optional>

#include "python/extension/kernel_list.h"

namespace strata::python {

using at::Scalar;
using at::Tensor;

// Signatures that many have.
using Unary = Tensor(const Tensor&);
using UnaryInPlace = Tensor&(Tensor&);
using Binary = Tensor(const Tensor&, const Tensor&);
using BinaryInPlace = Tensor&(Tensor&, const Tensor&);
using WithScalar = Tensor(const Tensor&, const Scalar&);
using WithScalarInPlace = Tensor&(Tensor&, const Scalar&);
using WithTwoScalars = Tensor(const Tensor&, const Scalar&, const Scalar&);
using WithTwoScalarsInPlace = Tensor&(Tensor&, const Scalar&, const Scalar&);
using Dtype = std::optional<at::ScalarType>;

// What the common ones do on meta (native_functions.yaml has them as
// `structured`): under what PyTorch's Python code has put over them they are
// still there, as the functions at::meta::….
void AddElementwise(KernelList& kernels);
void AddLayers(KernelList& kernels);

// Those of them that refuse a dtype or a shape only when they compute.
void AddChecked(KernelList& kernels);

// Those that are the same for all devices (`CompositeExplicitAutograd`).
void AddComposite(KernelList& kernels);

}  // namespace strata::python

#endif  // STRATA_PYTHON_EXTENSION_STRUCTURED_KERNELS_H_
