#include "python/extension/structured_kernels.h"

#include <ATen/core/IListRef_inl.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/_log_softmax_meta_dispatch.h>
#include <ATen/ops/_softmax_meta_dispatch.h>
#include <ATen/ops/acos_meta_dispatch.h>
#include <ATen/ops/add_meta_dispatch.h>
#include <ATen/ops/addmm_meta_dispatch.h>
#include <ATen/ops/amax_meta_dispatch.h>
#include <ATen/ops/argmax_meta_dispatch.h>
#include <ATen/ops/asin_meta_dispatch.h>
#include <ATen/ops/atan_meta_dispatch.h>
#include <ATen/ops/avg_pool2d_meta_dispatch.h>
#include <ATen/ops/baddbmm_meta_dispatch.h>
#include <ATen/ops/bitwise_and_meta_dispatch.h>
#include <ATen/ops/bitwise_not_meta_dispatch.h>
#include <ATen/ops/bitwise_or_meta_dispatch.h>
#include <ATen/ops/bmm_meta_dispatch.h>
#include <ATen/ops/cat_meta_dispatch.h>
#include <ATen/ops/ceil_meta_dispatch.h>
#include <ATen/ops/clamp_meta_dispatch.h>
#include <ATen/ops/clamp_min_meta_dispatch.h>
#include <ATen/ops/cos_meta_dispatch.h>
#include <ATen/ops/cosh_meta_dispatch.h>
#include <ATen/ops/cumsum_meta_dispatch.h>
#include <ATen/ops/div_meta_dispatch.h>
#include <ATen/ops/elu_meta_dispatch.h>
#include <ATen/ops/eq_meta_dispatch.h>
#include <ATen/ops/erf_meta_dispatch.h>
#include <ATen/ops/exp2_meta_dispatch.h>
#include <ATen/ops/exp_meta_dispatch.h>
#include <ATen/ops/expm1_meta_dispatch.h>
#include <ATen/ops/floor_meta_dispatch.h>
#include <ATen/ops/fmod_meta_dispatch.h>
#include <ATen/ops/gather_meta_dispatch.h>
#include <ATen/ops/ge_meta_dispatch.h>
#include <ATen/ops/gelu_meta_dispatch.h>
#include <ATen/ops/gt_meta_dispatch.h>
#include <ATen/ops/hardsigmoid_meta_dispatch.h>
#include <ATen/ops/le_meta_dispatch.h>
#include <ATen/ops/leaky_relu_meta_dispatch.h>
#include <ATen/ops/log10_meta_dispatch.h>
#include <ATen/ops/log1p_meta_dispatch.h>
#include <ATen/ops/log2_meta_dispatch.h>
#include <ATen/ops/log_meta_dispatch.h>
#include <ATen/ops/lt_meta_dispatch.h>
#include <ATen/ops/max_pool2d_with_indices_meta_dispatch.h>
#include <ATen/ops/maximum_meta_dispatch.h>
#include <ATen/ops/mean_meta_dispatch.h>
#include <ATen/ops/minimum_meta_dispatch.h>
#include <ATen/ops/mish_meta_dispatch.h>
#include <ATen/ops/mm_meta_dispatch.h>
#include <ATen/ops/mul_meta_dispatch.h>
#include <ATen/ops/ne_meta_dispatch.h>
#include <ATen/ops/neg_meta_dispatch.h>
#include <ATen/ops/pow_meta_dispatch.h>
#include <ATen/ops/reciprocal_meta_dispatch.h>
#include <ATen/ops/remainder_meta_dispatch.h>
#include <ATen/ops/rsqrt_meta_dispatch.h>
#include <ATen/ops/sigmoid_meta_dispatch.h>
#include <ATen/ops/sign_meta_dispatch.h>
#include <ATen/ops/silu_meta_dispatch.h>
#include <ATen/ops/sin_meta_dispatch.h>
#include <ATen/ops/sinh_meta_dispatch.h>
#include <ATen/ops/softplus_meta_dispatch.h>
#include <ATen/ops/sqrt_meta_dispatch.h>
#include <ATen/ops/sub_meta_dispatch.h>
#include <ATen/ops/sum_meta_dispatch.h>
#include <ATen/ops/tan_meta_dispatch.h>
#include <ATen/ops/tanh_meta_dispatch.h>
#include <ATen/ops/tril_meta_dispatch.h>
#include <ATen/ops/triu_meta_dispatch.h>
#include <ATen/ops/trunc_meta_dispatch.h>

#include <optional>
#include <tuple>

namespace strata::python {
namespace {

using at::Scalar;
using at::Tensor;

// Of an overloaded function the one of this type.
template <typename Signature>
torch::CppFunction Kernel(Signature* function) {
  return torch::CppFunction(function);
}

}  // namespace

void RegisterStructured(torch::Library& kernels) {
  kernels.impl("acos", Kernel<Tensor(const Tensor&)>(&at::meta::acos));
  kernels.impl("acos_", Kernel<Tensor&(Tensor&)>(&at::meta::acos_));
  kernels.impl("asin", Kernel<Tensor(const Tensor&)>(&at::meta::asin));
  kernels.impl("asin_", Kernel<Tensor&(Tensor&)>(&at::meta::asin_));
  kernels.impl("atan", Kernel<Tensor(const Tensor&)>(&at::meta::atan));
  kernels.impl("atan_", Kernel<Tensor&(Tensor&)>(&at::meta::atan_));
  kernels.impl("ceil", Kernel<Tensor(const Tensor&)>(&at::meta::ceil));
  kernels.impl("ceil_", Kernel<Tensor&(Tensor&)>(&at::meta::ceil_));
  kernels.impl("cos", Kernel<Tensor(const Tensor&)>(&at::meta::cos));
  kernels.impl("cos_", Kernel<Tensor&(Tensor&)>(&at::meta::cos_));
  kernels.impl("cosh", Kernel<Tensor(const Tensor&)>(&at::meta::cosh));
  kernels.impl("cosh_", Kernel<Tensor&(Tensor&)>(&at::meta::cosh_));
  kernels.impl("erf", Kernel<Tensor(const Tensor&)>(&at::meta::erf));
  kernels.impl("erf_", Kernel<Tensor&(Tensor&)>(&at::meta::erf_));
  kernels.impl("exp", Kernel<Tensor(const Tensor&)>(&at::meta::exp));
  kernels.impl("exp_", Kernel<Tensor&(Tensor&)>(&at::meta::exp_));
  kernels.impl("exp2", Kernel<Tensor(const Tensor&)>(&at::meta::exp2));
  kernels.impl("exp2_", Kernel<Tensor&(Tensor&)>(&at::meta::exp2_));
  kernels.impl("expm1", Kernel<Tensor(const Tensor&)>(&at::meta::expm1));
  kernels.impl("expm1_", Kernel<Tensor&(Tensor&)>(&at::meta::expm1_));
  kernels.impl("floor", Kernel<Tensor(const Tensor&)>(&at::meta::floor));
  kernels.impl("floor_", Kernel<Tensor&(Tensor&)>(&at::meta::floor_));
  kernels.impl("log", Kernel<Tensor(const Tensor&)>(&at::meta::log));
  kernels.impl("log_", Kernel<Tensor&(Tensor&)>(&at::meta::log_));
  kernels.impl("log10", Kernel<Tensor(const Tensor&)>(&at::meta::log10));
  kernels.impl("log10_", Kernel<Tensor&(Tensor&)>(&at::meta::log10_));
  kernels.impl("log1p", Kernel<Tensor(const Tensor&)>(&at::meta::log1p));
  kernels.impl("log1p_", Kernel<Tensor&(Tensor&)>(&at::meta::log1p_));
  kernels.impl("log2", Kernel<Tensor(const Tensor&)>(&at::meta::log2));
  kernels.impl("log2_", Kernel<Tensor&(Tensor&)>(&at::meta::log2_));
  kernels.impl("neg", Kernel<Tensor(const Tensor&)>(&at::meta::neg));
  kernels.impl("neg_", Kernel<Tensor&(Tensor&)>(&at::meta::neg_));
  kernels.impl("reciprocal",
               Kernel<Tensor(const Tensor&)>(&at::meta::reciprocal));
  kernels.impl("reciprocal_", Kernel<Tensor&(Tensor&)>(&at::meta::reciprocal_));
  kernels.impl("rsqrt", Kernel<Tensor(const Tensor&)>(&at::meta::rsqrt));
  kernels.impl("rsqrt_", Kernel<Tensor&(Tensor&)>(&at::meta::rsqrt_));
  kernels.impl("sigmoid", Kernel<Tensor(const Tensor&)>(&at::meta::sigmoid));
  kernels.impl("sigmoid_", Kernel<Tensor&(Tensor&)>(&at::meta::sigmoid_));
  kernels.impl("sign", Kernel<Tensor(const Tensor&)>(&at::meta::sign));
  kernels.impl("sign_", Kernel<Tensor&(Tensor&)>(&at::meta::sign_));
  kernels.impl("silu", Kernel<Tensor(const Tensor&)>(&at::meta::silu));
  kernels.impl("silu_", Kernel<Tensor&(Tensor&)>(&at::meta::silu_));
  kernels.impl("sin", Kernel<Tensor(const Tensor&)>(&at::meta::sin));
  kernels.impl("sin_", Kernel<Tensor&(Tensor&)>(&at::meta::sin_));
  kernels.impl("sinh", Kernel<Tensor(const Tensor&)>(&at::meta::sinh));
  kernels.impl("sinh_", Kernel<Tensor&(Tensor&)>(&at::meta::sinh_));
  kernels.impl("sqrt", Kernel<Tensor(const Tensor&)>(&at::meta::sqrt));
  kernels.impl("sqrt_", Kernel<Tensor&(Tensor&)>(&at::meta::sqrt_));
  kernels.impl("tan", Kernel<Tensor(const Tensor&)>(&at::meta::tan));
  kernels.impl("tan_", Kernel<Tensor&(Tensor&)>(&at::meta::tan_));
  kernels.impl("tanh", Kernel<Tensor(const Tensor&)>(&at::meta::tanh));
  kernels.impl("tanh_", Kernel<Tensor&(Tensor&)>(&at::meta::tanh_));
  kernels.impl("trunc", Kernel<Tensor(const Tensor&)>(&at::meta::trunc));
  kernels.impl("trunc_", Kernel<Tensor&(Tensor&)>(&at::meta::trunc_));
  kernels.impl("mish", Kernel<Tensor(const Tensor&)>(&at::meta::mish));
  kernels.impl("mish_", Kernel<Tensor&(Tensor&)>(&at::meta::mish_));
  kernels.impl("hardsigmoid",
               Kernel<Tensor(const Tensor&)>(&at::meta::hardsigmoid));
  kernels.impl("hardsigmoid_",
               Kernel<Tensor&(Tensor&)>(&at::meta::hardsigmoid_));
  kernels.impl("add.Tensor",
               Kernel<Tensor(const Tensor&, const Tensor&, const Scalar&)>(
                   &at::meta::add));
  kernels.impl(
      "add_.Tensor",
      Kernel<Tensor&(Tensor&, const Tensor&, const Scalar&)>(&at::meta::add_));
  kernels.impl("sub.Tensor",
               Kernel<Tensor(const Tensor&, const Tensor&, const Scalar&)>(
                   &at::meta::sub));
  kernels.impl(
      "sub_.Tensor",
      Kernel<Tensor&(Tensor&, const Tensor&, const Scalar&)>(&at::meta::sub_));
  kernels.impl("mul.Tensor",
               Kernel<Tensor(const Tensor&, const Tensor&)>(&at::meta::mul));
  kernels.impl("mul_.Tensor",
               Kernel<Tensor&(Tensor&, const Tensor&)>(&at::meta::mul_));
  kernels.impl("div.Tensor",
               Kernel<Tensor(const Tensor&, const Tensor&)>(&at::meta::div));
  kernels.impl("div_.Tensor",
               Kernel<Tensor&(Tensor&, const Tensor&)>(&at::meta::div_));
  kernels.impl("maximum", Kernel<Tensor(const Tensor&, const Tensor&)>(
                              &at::meta::maximum));
  kernels.impl("minimum", Kernel<Tensor(const Tensor&, const Tensor&)>(
                              &at::meta::minimum));
  kernels.impl("fmod.Tensor",
               Kernel<Tensor(const Tensor&, const Tensor&)>(&at::meta::fmod));
  kernels.impl("remainder.Tensor", Kernel<Tensor(const Tensor&, const Tensor&)>(
                                       &at::meta::remainder));
  kernels.impl("eq.Tensor",
               Kernel<Tensor(const Tensor&, const Tensor&)>(&at::meta::eq));
  kernels.impl("eq.Scalar",
               Kernel<Tensor(const Tensor&, const Scalar&)>(&at::meta::eq));
  kernels.impl("ne.Tensor",
               Kernel<Tensor(const Tensor&, const Tensor&)>(&at::meta::ne));
  kernels.impl("ne.Scalar",
               Kernel<Tensor(const Tensor&, const Scalar&)>(&at::meta::ne));
  kernels.impl("lt.Tensor",
               Kernel<Tensor(const Tensor&, const Tensor&)>(&at::meta::lt));
  kernels.impl("lt.Scalar",
               Kernel<Tensor(const Tensor&, const Scalar&)>(&at::meta::lt));
  kernels.impl("le.Tensor",
               Kernel<Tensor(const Tensor&, const Tensor&)>(&at::meta::le));
  kernels.impl("le.Scalar",
               Kernel<Tensor(const Tensor&, const Scalar&)>(&at::meta::le));
  kernels.impl("gt.Tensor",
               Kernel<Tensor(const Tensor&, const Tensor&)>(&at::meta::gt));
  kernels.impl("gt.Scalar",
               Kernel<Tensor(const Tensor&, const Scalar&)>(&at::meta::gt));
  kernels.impl("ge.Tensor",
               Kernel<Tensor(const Tensor&, const Tensor&)>(&at::meta::ge));
  kernels.impl("ge.Scalar",
               Kernel<Tensor(const Tensor&, const Scalar&)>(&at::meta::ge));
  kernels.impl(
      "bitwise_and.Tensor",
      Kernel<Tensor(const Tensor&, const Tensor&)>(&at::meta::bitwise_and));
  kernels.impl(
      "bitwise_or.Tensor",
      Kernel<Tensor(const Tensor&, const Tensor&)>(&at::meta::bitwise_or));
  kernels.impl("bitwise_not",
               Kernel<Tensor(const Tensor&)>(&at::meta::bitwise_not));
  kernels.impl("pow.Tensor_Scalar",
               Kernel<Tensor(const Tensor&, const Scalar&)>(&at::meta::pow));
  kernels.impl("pow.Tensor_Tensor",
               Kernel<Tensor(const Tensor&, const Tensor&)>(&at::meta::pow));
  kernels.impl("clamp",
               Kernel<Tensor(const Tensor&, const std::optional<Scalar>&,
                             const std::optional<Scalar>&)>(&at::meta::clamp));
  kernels.impl("clamp_", Kernel<Tensor&(Tensor&, const std::optional<Scalar>&,
                                        const std::optional<Scalar>&)>(
                             &at::meta::clamp_));
  kernels.impl("clamp_min", Kernel<Tensor(const Tensor&, const Scalar&)>(
                                &at::meta::clamp_min));
  kernels.impl("leaky_relu", Kernel<Tensor(const Tensor&, const Scalar&)>(
                                 &at::meta::leaky_relu));
  kernels.impl("leaky_relu_",
               Kernel<Tensor&(Tensor&, const Scalar&)>(&at::meta::leaky_relu_));
  kernels.impl("elu", Kernel<Tensor(const Tensor&, const Scalar&, const Scalar&,
                                    const Scalar&)>(&at::meta::elu));
  kernels.impl(
      "elu_",
      Kernel<Tensor&(Tensor&, const Scalar&, const Scalar&, const Scalar&)>(
          &at::meta::elu_));
  kernels.impl("softplus",
               Kernel<Tensor(const Tensor&, const Scalar&, const Scalar&)>(
                   &at::meta::softplus));
  kernels.impl(
      "gelu", Kernel<Tensor(const Tensor&, c10::string_view)>(&at::meta::gelu));
  kernels.impl("gelu_",
               Kernel<Tensor&(Tensor&, c10::string_view)>(&at::meta::gelu_));
  kernels.impl("mm",
               Kernel<Tensor(const Tensor&, const Tensor&)>(&at::meta::mm));
  kernels.impl("bmm",
               Kernel<Tensor(const Tensor&, const Tensor&)>(&at::meta::bmm));
  kernels.impl("addmm",
               Kernel<Tensor(const Tensor&, const Tensor&, const Tensor&,
                             const Scalar&, const Scalar&)>(&at::meta::addmm));
  kernels.impl(
      "baddbmm",
      Kernel<Tensor(const Tensor&, const Tensor&, const Tensor&, const Scalar&,
                    const Scalar&)>(&at::meta::baddbmm));
  kernels.impl("_softmax", Kernel<Tensor(const Tensor&, int64_t, bool)>(
                               &at::meta::_softmax));
  kernels.impl("_log_softmax", Kernel<Tensor(const Tensor&, int64_t, bool)>(
                                   &at::meta::_log_softmax));
  kernels.impl("mean.dim",
               Kernel<Tensor(const Tensor&, at::OptionalIntArrayRef, bool,
                             std::optional<at::ScalarType>)>(&at::meta::mean));
  kernels.impl("sum.dim_IntList",
               Kernel<Tensor(const Tensor&, at::OptionalIntArrayRef, bool,
                             std::optional<at::ScalarType>)>(&at::meta::sum));
  kernels.impl("amax", Kernel<Tensor(const Tensor&, at::IntArrayRef, bool)>(
                           &at::meta::amax));
  kernels.impl("argmax",
               Kernel<Tensor(const Tensor&, std::optional<int64_t>, bool)>(
                   &at::meta::argmax));
  kernels.impl(
      "max_pool2d_with_indices",
      Kernel<std::tuple<Tensor, Tensor>(
          const Tensor&, at::IntArrayRef, at::IntArrayRef, at::IntArrayRef,
          at::IntArrayRef, bool)>(&at::meta::max_pool2d_with_indices));
  kernels.impl(
      "avg_pool2d",
      Kernel<Tensor(const Tensor&, at::IntArrayRef, at::IntArrayRef,
                    at::IntArrayRef, bool, bool, std::optional<int64_t>)>(
          &at::meta::avg_pool2d));
  kernels.impl(
      "cumsum",
      Kernel<Tensor(const Tensor&, int64_t, std::optional<at::ScalarType>)>(
          &at::meta::cumsum));
  kernels.impl("cat", Kernel<Tensor(const at::ITensorListRef&, int64_t)>(
                          &at::meta::cat));
  kernels.impl("gather",
               Kernel<Tensor(const Tensor&, int64_t, const Tensor&, bool)>(
                   &at::meta::gather));
  kernels.impl("tril", Kernel<Tensor(const Tensor&, int64_t)>(&at::meta::tril));
  kernels.impl("triu", Kernel<Tensor(const Tensor&, int64_t)>(&at::meta::triu));
}

}  // namespace strata::python
