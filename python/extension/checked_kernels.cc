// Structured kernels that refuse on a CPU, and not on meta: here they do.

#include <ATen/ExpandUtils.h>
#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/_log_softmax_meta_dispatch.h>
#include <ATen/ops/_softmax_meta_dispatch.h>
#include <ATen/ops/addmm_meta_dispatch.h>
#include <ATen/ops/clamp_meta_dispatch.h>
#include <ATen/ops/div_meta_dispatch.h>
#include <ATen/ops/elu_meta_dispatch.h>
#include <ATen/ops/frac_meta_dispatch.h>
#include <ATen/ops/hardshrink_meta_dispatch.h>
#include <ATen/ops/leaky_relu_meta_dispatch.h>
#include <ATen/ops/logaddexp_meta_dispatch.h>
#include <ATen/ops/mse_loss_meta_dispatch.h>
#include <ATen/ops/normal_meta_dispatch.h>
#include <ATen/ops/pow_meta_dispatch.h>
#include <ATen/ops/smooth_l1_loss_meta_dispatch.h>
#include <ATen/ops/softshrink_meta_dispatch.h>
#include <c10/core/ScalarType.h>
#include <c10/util/Exception.h>

#include <optional>
#include <utility>

#include "python/extension/structured_kernels.h"

namespace strata::python {
namespace {

using at::ScalarType;

bool IsFloating(ScalarType type) { return c10::isFloatingType(type); }

bool IsFloatingOrComplex(ScalarType type) {
  return c10::isFloatingType(type) || c10::isComplexType(type);
}

bool IsNotBool(ScalarType type) { return type != at::kBool; }

bool IsRounded(ScalarType type) {
  return type != at::kBool && !c10::isComplexType(type);
}

void CheckType(const char* name, bool is_accepted, ScalarType type) {
  TORCH_CHECK_NOT_IMPLEMENTED(is_accepted, "\"", name,
                              "\" not implemented for '", c10::toString(type),
                              "'");
}

// Adds `function`, whose result has to be of a type that is accepted.
template <typename Result, typename... Arguments>
void AddAccepting(KernelList& kernels, bool (*accepts)(ScalarType),
                  const char* name, Result (*function)(Arguments...)) {
  kernels.AddObject<Result(Arguments...)>(
      name, [accepts, name, function](Arguments... arguments) -> Result {
        Result result = function(std::forward<Arguments>(arguments)...);
        CheckType(name, accepts(result.scalar_type()), result.scalar_type());
        return result;
      });
}

// Of an overloaded function the one of this type.
template <typename Signature>
Signature* Of(Signature* function) {
  return function;
}

using Rounding = std::optional<c10::string_view>;

Tensor Divide(const Tensor& self, const Tensor& other, Rounding rounding) {
  Tensor result = at::meta::div(self, other, rounding);
  CheckType("div", !rounding || IsRounded(result.scalar_type()),
            result.scalar_type());
  return result;
}

Tensor& DivideInPlace(Tensor& self, const Tensor& other, Rounding rounding) {
  CheckType("div_", !rounding || IsRounded(self.scalar_type()),
            self.scalar_type());
  return at::meta::div_(self, other, rounding);
}

Tensor FloorDivide(const Tensor& self, const Tensor& other) {
  return Divide(self, other, "floor");
}

using Limit = std::optional<Scalar>;

void CheckLimits(const Limit& least, const Limit& most) {
  TORCH_CHECK(!(least && least->isComplex()) && !(most && most->isComplex()),
              "clamp is not supported for complex types");
}

Tensor Clamp(const Tensor& self, const Limit& least, const Limit& most) {
  CheckLimits(least, most);
  return at::meta::clamp(self, least, most);
}

Tensor& ClampInPlace(Tensor& self, const Limit& least, const Limit& most) {
  CheckLimits(least, most);
  return at::meta::clamp_(self, least, most);
}

Tensor AddMatrixProduct(const Tensor& self, const Tensor& left,
                        const Tensor& right, const Scalar& beta,
                        const Scalar& alpha) {
  Tensor result = at::meta::addmm(self, left, right, beta, alpha);
  at::expand_size(self, result.sizes(), "addmm");
  return result;
}

}  // namespace

void AddChecked(KernelList& kernels) {
  using Losses = Tensor(const Tensor&, const Tensor&, int64_t);
  using SmoothLosses = Tensor(const Tensor&, const Tensor&, int64_t, double);
  using Softmax = Tensor(const Tensor&, int64_t, bool);
  using Elu =
      Tensor(const Tensor&, const Scalar&, const Scalar&, const Scalar&);
  using EluInPlace =
      Tensor&(Tensor&, const Scalar&, const Scalar&, const Scalar&);
  using Random = Tensor&(Tensor&, double, double, std::optional<at::Generator>);

  const auto floating = [&](const char* name, auto* function) {
    AddAccepting(kernels, &IsFloating, name, function);
  };
  floating("hardshrink", Of<WithScalar>(&at::meta::hardshrink));
  floating("softshrink", Of<WithScalar>(&at::meta::softshrink));
  floating("leaky_relu", Of<WithScalar>(&at::meta::leaky_relu));
  floating("leaky_relu_", Of<WithScalarInPlace>(&at::meta::leaky_relu_));
  floating("elu", Of<Elu>(&at::meta::elu));
  floating("elu_", Of<EluInPlace>(&at::meta::elu_));
  floating("_softmax", Of<Softmax>(&at::meta::_softmax));
  floating("_log_softmax", Of<Softmax>(&at::meta::_log_softmax));
  floating("smooth_l1_loss", Of<SmoothLosses>(&at::meta::smooth_l1_loss));

  const auto accepting = [&](bool (*accepts)(ScalarType), const char* name,
                             auto* function) {
    AddAccepting(kernels, accepts, name, function);
  };
  accepting(&IsFloatingOrComplex, "mse_loss", Of<Losses>(&at::meta::mse_loss));
  accepting(&IsFloatingOrComplex, "logaddexp",
            Of<Binary>(&at::meta::logaddexp));
  accepting(&IsFloatingOrComplex, "normal_", Of<Random>(&at::meta::normal_));
  accepting(&IsNotBool, "frac", Of<Unary>(&at::meta::frac));
  accepting(&IsNotBool, "pow.Tensor_Tensor", Of<Binary>(&at::meta::pow));
  accepting(&IsNotBool, "pow_.Tensor", Of<BinaryInPlace>(&at::meta::pow_));
  accepting(&IsNotBool, "pow.Scalar",
            Of<Tensor(const Scalar&, const Tensor&)>(&at::meta::pow));

  kernels.Add("div.Tensor_mode", &Divide);
  kernels.Add("div_.Tensor_mode", &DivideInPlace);
  kernels.Add("floor_divide", &FloorDivide);
  kernels.Add("clamp", &Clamp);
  kernels.Add("clamp_", &ClampInPlace);
  kernels.Add("addmm", &AddMatrixProduct);
}

}  // namespace strata::python
