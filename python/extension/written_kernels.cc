#include "python/extension/written_kernels.h"

#include <ATen/ExpandUtils.h>
#include <ATen/TensorIterator.h>
#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <ATen/native/Resize.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/mean_meta_dispatch.h>
#include <ATen/ops/sub_meta_dispatch.h>
#include <ATen/ops/where.h>
#include <c10/core/ScalarType.h>
#include <c10/util/Exception.h>

#include <initializer_list>
#include <optional>
#include <tuple>

namespace strata::python {
namespace {

using at::Scalar;
using at::Tensor;

// ---- Element by element ----

Tensor& Itself(Tensor& self) { return self; }

Tensor& HardtanhInPlace(Tensor& self, const Scalar& least, const Scalar&) {
  TORCH_CHECK(self.scalar_type() != at::kBool &&
                  (self.scalar_type() != at::kByte || least.toDouble() >= 0),
              "hardtanh_: not of ", self.scalar_type(), " with a limit of ",
              least);
  return self;
}

Tensor Elementwise(at::ScalarType type,
                   std::initializer_list<const Tensor*> inputs) {
  at::TensorIteratorConfig config;
  config.check_all_same_dtype(false)
      .allow_cpu_scalars(true)
      .declare_static_dtype(type)
      .declare_static_device(at::kMeta)
      .add_owned_output(Tensor());
  for (const Tensor* input : inputs) config.add_const_input(*input);
  return config.build().output();
}

Tensor Abs(const Tensor& self) {
  return Elementwise(c10::toRealValueType(self.scalar_type()), {&self});
}

Tensor LogicalNot(const Tensor& self) {
  return Elementwise(at::kBool, {&self});
}

// And, or, and not both.
Tensor Logical(const Tensor& self, const Tensor& other) {
  return Elementwise(at::kBool, {&self, &other});
}

Tensor SubtractFrom(const Tensor& self, const Tensor& other,
                    const Scalar& alpha) {
  return at::meta::sub(other, self, alpha);
}

Tensor Prelu(const Tensor& self, const Tensor& weight) {
  TORCH_CHECK(self.scalar_type() == weight.scalar_type(),
              "prelu: Type promoting not supported. Got ", self.scalar_type(),
              " and ", weight.scalar_type());
  return Elementwise(self.scalar_type(), {&self, &weight});
}

void CheckFill(const Tensor& self, const Tensor& mask, bool is_complex) {
  TORCH_CHECK(mask.scalar_type() == at::kBool,
              "masked_fill_ only supports boolean masks, but got mask of ",
              mask.scalar_type());
  TORCH_CHECK(self.is_complex() || !is_complex,
              "a complex value could not be converted to ", self.scalar_type(),
              " without overflow");
  at::expand_inplace(self, mask, "masked_fill_");
}

Tensor& MaskedFill(Tensor& self, const Tensor& mask, const Scalar& value) {
  CheckFill(self, mask, value.isComplex());
  return self;
}

Tensor& MaskedFillOfTensor(Tensor& self, const Tensor& mask,
                           const Tensor& value) {
  TORCH_CHECK(value.dim() == 0,
              "masked_fill_ only supports a 0-dimensional value tensor, but "
              "got tensor with ",
              value.dim(), " dimension(s).");
  CheckFill(self, mask, value.is_complex());
  return self;
}

Tensor& WhereOut(const Tensor& condition, const Tensor& self,
                 const Tensor& other, Tensor& out) {
  const Tensor result = at::where(condition, self, other);
  TORCH_CHECK(at::canCast(result.scalar_type(), out.scalar_type()),
              "where: expected an output of ", result.scalar_type(),
              " and got one of ", out.scalar_type());
  at::native::resize_output(out, result.sizes());
  return out;
}

// The result, and what a CPU keeps for the backward pass.
std::tuple<Tensor, Tensor> LogSigmoid(const Tensor& self) {
  TORCH_CHECK_NOT_IMPLEMENTED(self.is_floating_point(),
                              "\"log_sigmoid\" not implemented for '",
                              self.scalar_type(), "'");
  return {at::empty_like(self), at::empty_like(self)};
}

Tensor& Bernoulli(Tensor& self, double, std::optional<at::Generator>) {
  return self;
}

// ---- To fewer dimensions ----

Tensor Extreme(const Tensor& self) { return at::empty({}, self.options()); }

// Variance and standard deviation.
Tensor Spread(const Tensor& self, at::OptionalIntArrayRef dims,
              const std::optional<Scalar>& /*correction*/, bool keepdim) {
  TORCH_CHECK(self.is_floating_point() || self.is_complex(),
              "std and var only support floating point and complex dtypes");
  Tensor mean = at::meta::mean(self, dims, keepdim, std::nullopt);
  if (!self.is_complex()) return mean;
  return at::empty(mean.sizes(), self.options().dtype(
                                     c10::toRealValueType(self.scalar_type())));
}

}  // namespace

void AddWrittenFunctions(KernelList& kernels) {
  kernels.Add("log_sigmoid_forward", &LogSigmoid);
  kernels.Add("where.self_out", &WhereOut);
  kernels.Add("relu_", &Itself);
  kernels.Add("hardswish_", &Itself);
  kernels.Add("hardtanh_", &HardtanhInPlace);
  kernels.Add("abs", &Abs);
  kernels.Add("logical_not", &LogicalNot);
  kernels.Add("logical_and", &Logical);
  kernels.Add("logical_or", &Logical);
  kernels.Add("logical_xor", &Logical);
  kernels.Add("rsub.Tensor", &SubtractFrom);
  kernels.Add("_prelu_kernel", &Prelu);
  kernels.Add("masked_fill_.Scalar", &MaskedFill);
  kernels.Add("masked_fill_.Tensor", &MaskedFillOfTensor);
  kernels.Add("bernoulli_.float", &Bernoulli);
  kernels.Add("max", &Extreme);
  kernels.Add("min", &Extreme);
  kernels.Add("var.correction", &Spread);
  kernels.Add("std.correction", &Spread);
}

}  // namespace strata::python
