// Element by element.

#include "python/extension/structured_kernels.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/acos_meta_dispatch.h>
#include <ATen/ops/acosh_meta_dispatch.h>
#include <ATen/ops/add_meta_dispatch.h>
#include <ATen/ops/addcdiv_meta_dispatch.h>
#include <ATen/ops/addcmul_meta_dispatch.h>
#include <ATen/ops/asin_meta_dispatch.h>
#include <ATen/ops/asinh_meta_dispatch.h>
#include <ATen/ops/atan2_meta_dispatch.h>
#include <ATen/ops/atan_meta_dispatch.h>
#include <ATen/ops/atanh_meta_dispatch.h>
#include <ATen/ops/bitwise_and_meta_dispatch.h>
#include <ATen/ops/bitwise_not_meta_dispatch.h>
#include <ATen/ops/bitwise_or_meta_dispatch.h>
#include <ATen/ops/bitwise_xor_meta_dispatch.h>
#include <ATen/ops/ceil_meta_dispatch.h>
#include <ATen/ops/clamp_max_meta_dispatch.h>
#include <ATen/ops/clamp_meta_dispatch.h>
#include <ATen/ops/clamp_min_meta_dispatch.h>
#include <ATen/ops/cos_meta_dispatch.h>
#include <ATen/ops/cosh_meta_dispatch.h>
#include <ATen/ops/div_meta_dispatch.h>
#include <ATen/ops/eq_meta_dispatch.h>
#include <ATen/ops/erf_meta_dispatch.h>
#include <ATen/ops/erfc_meta_dispatch.h>
#include <ATen/ops/erfinv_meta_dispatch.h>
#include <ATen/ops/exp2_meta_dispatch.h>
#include <ATen/ops/exp_meta_dispatch.h>
#include <ATen/ops/expm1_meta_dispatch.h>
#include <ATen/ops/floor_meta_dispatch.h>
#include <ATen/ops/fmod_meta_dispatch.h>
#include <ATen/ops/ge_meta_dispatch.h>
#include <ATen/ops/gelu_meta_dispatch.h>
#include <ATen/ops/glu_meta_dispatch.h>
#include <ATen/ops/gt_meta_dispatch.h>
#include <ATen/ops/hardsigmoid_meta_dispatch.h>
#include <ATen/ops/isneginf_meta_dispatch.h>
#include <ATen/ops/le_meta_dispatch.h>
#include <ATen/ops/lerp_meta_dispatch.h>
#include <ATen/ops/log10_meta_dispatch.h>
#include <ATen/ops/log1p_meta_dispatch.h>
#include <ATen/ops/log2_meta_dispatch.h>
#include <ATen/ops/log_meta_dispatch.h>
#include <ATen/ops/lt_meta_dispatch.h>
#include <ATen/ops/maximum_meta_dispatch.h>
#include <ATen/ops/minimum_meta_dispatch.h>
#include <ATen/ops/mish_meta_dispatch.h>
#include <ATen/ops/mul_meta_dispatch.h>
#include <ATen/ops/ne_meta_dispatch.h>
#include <ATen/ops/neg_meta_dispatch.h>
#include <ATen/ops/pow_meta_dispatch.h>
#include <ATen/ops/reciprocal_meta_dispatch.h>
#include <ATen/ops/remainder_meta_dispatch.h>
#include <ATen/ops/round_meta_dispatch.h>
#include <ATen/ops/rsqrt_meta_dispatch.h>
#include <ATen/ops/sgn_meta_dispatch.h>
#include <ATen/ops/sigmoid_meta_dispatch.h>
#include <ATen/ops/sign_meta_dispatch.h>
#include <ATen/ops/silu_meta_dispatch.h>
#include <ATen/ops/sin_meta_dispatch.h>
#include <ATen/ops/sinh_meta_dispatch.h>
#include <ATen/ops/softplus_meta_dispatch.h>
#include <ATen/ops/sqrt_meta_dispatch.h>
#include <ATen/ops/sub_meta_dispatch.h>
#include <ATen/ops/tan_meta_dispatch.h>
#include <ATen/ops/tanh_meta_dispatch.h>
#include <ATen/ops/threshold_meta_dispatch.h>
#include <ATen/ops/trunc_meta_dispatch.h>
#include <ATen/ops/xlogy_meta_dispatch.h>

namespace strata::python {

void AddElementwise(KernelList& kernels) {
  kernels.Add<Unary>("acos", &at::meta::acos);
  kernels.Add<UnaryInPlace>("acos_", &at::meta::acos_);
  kernels.Add<Unary>("asin", &at::meta::asin);
  kernels.Add<UnaryInPlace>("asin_", &at::meta::asin_);
  kernels.Add<Unary>("atan", &at::meta::atan);
  kernels.Add<UnaryInPlace>("atan_", &at::meta::atan_);
  kernels.Add<Unary>("ceil", &at::meta::ceil);
  kernels.Add<UnaryInPlace>("ceil_", &at::meta::ceil_);
  kernels.Add<Unary>("cos", &at::meta::cos);
  kernels.Add<UnaryInPlace>("cos_", &at::meta::cos_);
  kernels.Add<Unary>("cosh", &at::meta::cosh);
  kernels.Add<UnaryInPlace>("cosh_", &at::meta::cosh_);
  kernels.Add<Unary>("erf", &at::meta::erf);
  kernels.Add<UnaryInPlace>("erf_", &at::meta::erf_);
  kernels.Add<Unary>("exp", &at::meta::exp);
  kernels.Add<UnaryInPlace>("exp_", &at::meta::exp_);
  kernels.Add<Unary>("exp2", &at::meta::exp2);
  kernels.Add<UnaryInPlace>("exp2_", &at::meta::exp2_);
  kernels.Add<Unary>("expm1", &at::meta::expm1);
  kernels.Add<UnaryInPlace>("expm1_", &at::meta::expm1_);
  kernels.Add<Unary>("floor", &at::meta::floor);
  kernels.Add<UnaryInPlace>("floor_", &at::meta::floor_);
  kernels.Add<Unary>("log", &at::meta::log);
  kernels.Add<UnaryInPlace>("log_", &at::meta::log_);
  kernels.Add<Unary>("log10", &at::meta::log10);
  kernels.Add<UnaryInPlace>("log10_", &at::meta::log10_);
  kernels.Add<Unary>("log1p", &at::meta::log1p);
  kernels.Add<UnaryInPlace>("log1p_", &at::meta::log1p_);
  kernels.Add<Unary>("log2", &at::meta::log2);
  kernels.Add<UnaryInPlace>("log2_", &at::meta::log2_);
  kernels.Add<Unary>("neg", &at::meta::neg);
  kernels.Add<UnaryInPlace>("neg_", &at::meta::neg_);
  kernels.Add<Unary>("reciprocal", &at::meta::reciprocal);
  kernels.Add<UnaryInPlace>("reciprocal_", &at::meta::reciprocal_);
  kernels.Add<Unary>("rsqrt", &at::meta::rsqrt);
  kernels.Add<UnaryInPlace>("rsqrt_", &at::meta::rsqrt_);
  kernels.Add<Unary>("sigmoid", &at::meta::sigmoid);
  kernels.Add<UnaryInPlace>("sigmoid_", &at::meta::sigmoid_);
  kernels.Add<Unary>("sign", &at::meta::sign);
  kernels.Add<UnaryInPlace>("sign_", &at::meta::sign_);
  kernels.Add<Unary>("silu", &at::meta::silu);
  kernels.Add<UnaryInPlace>("silu_", &at::meta::silu_);
  kernels.Add<Unary>("sin", &at::meta::sin);
  kernels.Add<UnaryInPlace>("sin_", &at::meta::sin_);
  kernels.Add<Unary>("sinh", &at::meta::sinh);
  kernels.Add<UnaryInPlace>("sinh_", &at::meta::sinh_);
  kernels.Add<Unary>("sqrt", &at::meta::sqrt);
  kernels.Add<UnaryInPlace>("sqrt_", &at::meta::sqrt_);
  kernels.Add<Unary>("tan", &at::meta::tan);
  kernels.Add<UnaryInPlace>("tan_", &at::meta::tan_);
  kernels.Add<Unary>("tanh", &at::meta::tanh);
  kernels.Add<UnaryInPlace>("tanh_", &at::meta::tanh_);
  kernels.Add<Unary>("trunc", &at::meta::trunc);
  kernels.Add<UnaryInPlace>("trunc_", &at::meta::trunc_);
  kernels.Add<Unary>("mish", &at::meta::mish);
  kernels.Add<UnaryInPlace>("mish_", &at::meta::mish_);
  kernels.Add<Unary>("hardsigmoid", &at::meta::hardsigmoid);
  kernels.Add<UnaryInPlace>("hardsigmoid_", &at::meta::hardsigmoid_);
  kernels.Add<Tensor(const Tensor&, const Tensor&, const Scalar&)>(
      "add.Tensor", &at::meta::add);
  kernels.Add<Tensor&(Tensor&, const Tensor&, const Scalar&)>("add_.Tensor",
                                                              &at::meta::add_);
  kernels.Add<Tensor(const Tensor&, const Tensor&, const Scalar&)>(
      "sub.Tensor", &at::meta::sub);
  kernels.Add<Tensor&(Tensor&, const Tensor&, const Scalar&)>("sub_.Tensor",
                                                              &at::meta::sub_);
  kernels.Add<Binary>("mul.Tensor", &at::meta::mul);
  kernels.Add<BinaryInPlace>("mul_.Tensor", &at::meta::mul_);
  kernels.Add<Binary>("div.Tensor", &at::meta::div);
  kernels.Add<BinaryInPlace>("div_.Tensor", &at::meta::div_);
  kernels.Add<Binary>("maximum", &at::meta::maximum);
  kernels.Add<Binary>("minimum", &at::meta::minimum);
  kernels.Add<Binary>("fmod.Tensor", &at::meta::fmod);
  kernels.Add<Binary>("remainder.Tensor", &at::meta::remainder);
  kernels.Add<Binary>("eq.Tensor", &at::meta::eq);
  kernels.Add<WithScalar>("eq.Scalar", &at::meta::eq);
  kernels.Add<Binary>("ne.Tensor", &at::meta::ne);
  kernels.Add<WithScalar>("ne.Scalar", &at::meta::ne);
  kernels.Add<Binary>("lt.Tensor", &at::meta::lt);
  kernels.Add<WithScalar>("lt.Scalar", &at::meta::lt);
  kernels.Add<Binary>("le.Tensor", &at::meta::le);
  kernels.Add<WithScalar>("le.Scalar", &at::meta::le);
  kernels.Add<Binary>("gt.Tensor", &at::meta::gt);
  kernels.Add<WithScalar>("gt.Scalar", &at::meta::gt);
  kernels.Add<Binary>("ge.Tensor", &at::meta::ge);
  kernels.Add<WithScalar>("ge.Scalar", &at::meta::ge);
  kernels.Add<Binary>("bitwise_and.Tensor", &at::meta::bitwise_and);
  kernels.Add<Binary>("bitwise_or.Tensor", &at::meta::bitwise_or);
  kernels.Add<Unary>("bitwise_not", &at::meta::bitwise_not);
  kernels.Add<WithScalar>("pow.Tensor_Scalar", &at::meta::pow);
  kernels.Add<WithScalar>("clamp_min", &at::meta::clamp_min);
  kernels.Add<WithTwoScalars>("softplus", &at::meta::softplus);
  kernels.Add<Tensor(const Tensor&, c10::string_view)>("gelu", &at::meta::gelu);
  kernels.Add<Tensor&(Tensor&, c10::string_view)>("gelu_", &at::meta::gelu_);
  kernels.Add<Unary>("round", &at::meta::round);
  kernels.Add<UnaryInPlace>("round_", &at::meta::round_);
  kernels.Add<Unary>("sgn", &at::meta::sgn);
  kernels.Add<Unary>("erfc", &at::meta::erfc);
  kernels.Add<Unary>("erfinv", &at::meta::erfinv);
  kernels.Add<Unary>("asinh", &at::meta::asinh);
  kernels.Add<Unary>("acosh", &at::meta::acosh);
  kernels.Add<Unary>("atanh", &at::meta::atanh);
  kernels.Add<WithTwoScalars>("threshold", &at::meta::threshold);
  kernels.Add<WithTwoScalarsInPlace>("threshold_", &at::meta::threshold_);
  kernels.Add<Tensor(const Tensor&, int64_t)>("glu", &at::meta::glu);
  kernels.Add<Binary>("bitwise_xor.Tensor", &at::meta::bitwise_xor);
  kernels.Add<Binary>("atan2", &at::meta::atan2);
  kernels.Add<WithScalarInPlace>("pow_.Scalar", &at::meta::pow_);
  kernels.Add<Tensor(const Tensor&, const std::optional<Tensor>&,
                     const std::optional<Tensor>&)>("clamp.Tensor",
                                                    &at::meta::clamp);
  kernels.Add<WithScalarInPlace>("clamp_min_", &at::meta::clamp_min_);
  kernels.Add<WithScalar>("clamp_max", &at::meta::clamp_max);
  kernels.Add<WithScalarInPlace>("clamp_max_", &at::meta::clamp_max_);
  kernels.Add<Binary>("clamp_min.Tensor", &at::meta::clamp_min);
  kernels.Add<Binary>("clamp_max.Tensor", &at::meta::clamp_max);
  kernels.Add<Tensor(const Tensor&, const Tensor&, const Scalar&)>(
      "lerp.Scalar", &at::meta::lerp);
  kernels.Add<Tensor(const Tensor&, const Tensor&, const Tensor&)>(
      "lerp.Tensor", &at::meta::lerp);
  kernels.Add<Tensor&(Tensor&, const Tensor&, const Scalar&)>("lerp_.Scalar",
                                                              &at::meta::lerp_);
  kernels.Add<Tensor&(Tensor&, const Tensor&, const Tensor&)>("lerp_.Tensor",
                                                              &at::meta::lerp_);
  kernels
      .Add<Tensor(const Tensor&, const Tensor&, const Tensor&, const Scalar&)>(
          "addcmul", &at::meta::addcmul);
  kernels.Add<Tensor&(Tensor&, const Tensor&, const Tensor&, const Scalar&)>(
      "addcmul_", &at::meta::addcmul_);
  kernels
      .Add<Tensor(const Tensor&, const Tensor&, const Tensor&, const Scalar&)>(
          "addcdiv", &at::meta::addcdiv);
  kernels.Add<Tensor&(Tensor&, const Tensor&, const Tensor&, const Scalar&)>(
      "addcdiv_", &at::meta::addcdiv_);
  kernels.Add<Binary>("xlogy.Tensor", &at::meta::xlogy);
  kernels.Add<Unary>("isneginf", &at::meta::isneginf);
  kernels.Add<Tensor&(const Tensor&, const Tensor&, Tensor&)>(
      "mul.out", &at::meta::mul_outf);
  kernels.Add<BinaryInPlace>("bitwise_and_.Tensor", &at::meta::bitwise_and_);
  kernels.Add<BinaryInPlace>("bitwise_or_.Tensor", &at::meta::bitwise_or_);
  kernels.Add<BinaryInPlace>("bitwise_xor_.Tensor", &at::meta::bitwise_xor_);
}

}  // namespace strata::python
