// What calls other operators, and what only makes or fills a tensor.

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/_safe_softmax_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/_unsafe_view_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/add_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/arange_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/arange_meta_dispatch.h>
#include <ATen/ops/bitwise_and_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/bitwise_or_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/bitwise_xor_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/celu_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/div_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/embedding_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/empty_like_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/fill_meta_dispatch.h>
#include <ATen/ops/floor_divide_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/fmod_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/full_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/linspace_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/linspace_meta_dispatch.h>
#include <ATen/ops/masked_fill_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/mean_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/mul_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/new_empty_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/new_full_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/new_ones_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/new_zeros_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/ones_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/ones_like_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/pixel_shuffle_compositeexplicitautogradnonfunctional_dispatch.h>
#include <ATen/ops/rand_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/randn_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/remainder_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/repeat_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/rsub_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/scalar_tensor_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/sort_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/stack_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/sub_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/sum_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/t_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/transpose_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/uniform_meta_dispatch.h>
#include <ATen/ops/unsafe_split_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/unsafe_split_with_sizes_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/unsqueeze_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/zero_meta_dispatch.h>
#include <ATen/ops/zeros_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/zeros_like_compositeexplicitautograd_dispatch.h>

#include "python/extension/structured_kernels.h"

namespace strata::python {
namespace {

namespace composite = at::compositeexplicitautograd;
namespace nonfunctional = at::compositeexplicitautogradnonfunctional;

// What takes these, and then dtype, layout, device and pinned memory.
template <typename... Arguments>
using Factory = Tensor(Arguments..., Dtype, std::optional<at::Layout>,
                       std::optional<at::Device>, std::optional<bool>);

}  // namespace

void AddComposite(KernelList& kernels) {
  kernels.Add<Tensor(const Tensor&, Dtype, std::optional<at::Layout>,
                     std::optional<at::Device>, std::optional<bool>,
                     std::optional<at::MemoryFormat>)>("empty_like",
                                                       &composite::empty_like);
  kernels.Add<Tensor(const Tensor&, Dtype, std::optional<at::Layout>,
                     std::optional<at::Device>, std::optional<bool>,
                     std::optional<at::MemoryFormat>)>("zeros_like",
                                                       &composite::zeros_like);
  kernels.Add<Tensor(const Tensor&, Dtype, std::optional<at::Layout>,
                     std::optional<at::Device>, std::optional<bool>,
                     std::optional<at::MemoryFormat>)>("ones_like",
                                                       &composite::ones_like);
  kernels.Add<Factory<const Tensor&, at::IntArrayRef>>("new_empty",
                                                       &composite::new_empty);
  kernels.Add<Factory<const Tensor&, at::IntArrayRef>>("new_zeros",
                                                       &composite::new_zeros);
  kernels.Add<Factory<const Tensor&, at::IntArrayRef>>("new_ones",
                                                       &composite::new_ones);
  kernels.Add<Factory<const Tensor&, at::IntArrayRef, const Scalar&>>(
      "new_full", &composite::new_full);
  kernels.Add<Factory<at::IntArrayRef>>("zeros", &composite::zeros);
  kernels.Add<Factory<at::IntArrayRef>>("ones", &composite::ones);
  kernels.Add<Factory<at::IntArrayRef, const Scalar&>>("full",
                                                       &composite::full);
  kernels.Add<Factory<const Scalar&>>("scalar_tensor",
                                      &composite::scalar_tensor);
  kernels.Add<Factory<at::IntArrayRef>>("rand", &composite::rand);
  kernels.Add<Factory<at::IntArrayRef>>("randn", &composite::randn);
  kernels.Add<Factory<const Scalar&>>("arange", &composite::arange);
  kernels.Add<Factory<const Scalar&, const Scalar&>>("arange.start",
                                                     &composite::arange);
  kernels.Add<Factory<const Scalar&, const Scalar&, const Scalar&>>(
      "arange.start_step", &composite::arange);
  kernels.Add<Tensor&(const Scalar&, const Scalar&, const Scalar&, Tensor&)>(
      "arange.start_out", &at::meta::arange_outf);
  kernels.Add<Factory<const Scalar&, const Scalar&, int64_t>>(
      "linspace", &composite::linspace);
  kernels.Add<Tensor&(const Scalar&, const Scalar&, int64_t, Tensor&)>(
      "linspace.out", &at::meta::linspace_outf);
  kernels.Add<WithScalarInPlace>("fill_.Scalar", &at::meta::fill_);
  kernels.Add<BinaryInPlace>("fill_.Tensor", &at::meta::fill_);
  kernels.Add<UnaryInPlace>("zero_", &at::meta::zero_);
  kernels.Add<Tensor&(Tensor&, double, double, std::optional<at::Generator>)>(
      "uniform_", &at::meta::uniform_);
  kernels.Add<Tensor(const Tensor&, const Tensor&, const Scalar&)>(
      "masked_fill.Scalar", &composite::masked_fill);
  kernels.Add<Tensor(const Tensor&, const Tensor&, const Tensor&)>(
      "masked_fill.Tensor", &composite::masked_fill);
  kernels.Add<Tensor(const Tensor&, at::IntArrayRef)>("_unsafe_view",
                                                      &composite::_unsafe_view);
  kernels.Add<std::vector<Tensor>(const Tensor&, int64_t, int64_t)>(
      "unsafe_split.Tensor", &composite::unsafe_split);
  kernels.Add<std::vector<Tensor>(const Tensor&, at::IntArrayRef, int64_t)>(
      "unsafe_split_with_sizes", &composite::unsafe_split_with_sizes);
  kernels.Add<Tensor(at::TensorList, int64_t)>("stack", &composite::stack);
  kernels.Add<Tensor(const Tensor&, at::IntArrayRef)>("repeat",
                                                      &composite::repeat);
  kernels.Add<Tensor&(Tensor&, int64_t, int64_t)>("transpose_",
                                                  &composite::transpose_);
  kernels.Add<Tensor&(Tensor&, int64_t)>("unsqueeze_", &composite::unsqueeze_);
  kernels.Add<UnaryInPlace>("t_", &composite::t_);
  kernels.Add<Tensor(const Tensor&, int64_t)>("pixel_shuffle",
                                              &nonfunctional::pixel_shuffle);
  kernels.Add<WithTwoScalars>("add.Scalar", &composite::add);
  kernels.Add<WithTwoScalarsInPlace>("add_.Scalar", &composite::add_);
  kernels.Add<WithTwoScalars>("sub.Scalar", &composite::sub);
  kernels.Add<WithTwoScalarsInPlace>("sub_.Scalar", &composite::sub_);
  kernels.Add<WithTwoScalars>("rsub.Scalar", &composite::rsub);
  kernels.Add<WithScalar>("mul.Scalar", &composite::mul);
  kernels.Add<WithScalarInPlace>("mul_.Scalar", &composite::mul_);
  kernels.Add<WithScalar>("div.Scalar", &composite::div);
  kernels.Add<WithScalarInPlace>("div_.Scalar", &composite::div_);
  kernels.Add<Tensor(const Tensor&, const Scalar&,
                     std::optional<c10::string_view>)>("div.Scalar_mode",
                                                       &composite::div);
  kernels.Add<WithScalar>("remainder.Scalar", &composite::remainder);
  kernels.Add<WithScalar>("fmod.Scalar", &composite::fmod);
  kernels.Add<WithScalar>("floor_divide.Scalar", &composite::floor_divide);
  kernels.Add<WithScalar>("bitwise_and.Scalar", &composite::bitwise_and);
  kernels.Add<WithScalar>("bitwise_or.Scalar", &composite::bitwise_or);
  kernels.Add<WithScalar>("bitwise_xor.Scalar", &composite::bitwise_xor);
  kernels.Add<WithScalar>("celu", &composite::celu);
  kernels.Add<WithScalarInPlace>("celu_", &composite::celu_);
  kernels.Add<Tensor(const Tensor&, Dtype)>("mean", &composite::mean);
  kernels.Add<Tensor(const Tensor&, Dtype)>("sum", &composite::sum);
  kernels.Add<Tensor(const Tensor&, int64_t, Dtype)>("_safe_softmax",
                                                     &composite::_safe_softmax);
  kernels.Add<std::tuple<Tensor, Tensor>(const Tensor&, int64_t, bool)>(
      "sort", &composite::sort);
  kernels.Add<Tensor(const Tensor&, const Tensor&, int64_t, bool, bool)>(
      "embedding", &composite::embedding);
}

}  // namespace strata::python
