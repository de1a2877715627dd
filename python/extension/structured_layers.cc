// Layers, reductions, products of matrices and what takes an index.

#include <ATen/core/IListRef_inl.h>
#include <ATen/core/List_inl.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/_upsample_bicubic2d_aa_meta_dispatch.h>
#include <ATen/ops/_upsample_bilinear2d_aa_meta_dispatch.h>
#include <ATen/ops/_upsample_nearest_exact1d_meta_dispatch.h>
#include <ATen/ops/_upsample_nearest_exact2d_meta_dispatch.h>
#include <ATen/ops/_upsample_nearest_exact3d_meta_dispatch.h>
#include <ATen/ops/adaptive_max_pool2d_meta_dispatch.h>
#include <ATen/ops/adaptive_max_pool3d_meta_dispatch.h>
#include <ATen/ops/addmm_meta_dispatch.h>
#include <ATen/ops/addmv_meta_dispatch.h>
#include <ATen/ops/all_meta_dispatch.h>
#include <ATen/ops/amax_meta_dispatch.h>
#include <ATen/ops/amin_meta_dispatch.h>
#include <ATen/ops/aminmax_meta_dispatch.h>
#include <ATen/ops/any_meta_dispatch.h>
#include <ATen/ops/argmax_meta_dispatch.h>
#include <ATen/ops/argmin_meta_dispatch.h>
#include <ATen/ops/avg_pool2d_meta_dispatch.h>
#include <ATen/ops/avg_pool3d_meta_dispatch.h>
#include <ATen/ops/baddbmm_meta_dispatch.h>
#include <ATen/ops/bmm_meta_dispatch.h>
#include <ATen/ops/cat_meta_dispatch.h>
#include <ATen/ops/cumprod_meta_dispatch.h>
#include <ATen/ops/cumsum_meta_dispatch.h>
#include <ATen/ops/gather_meta_dispatch.h>
#include <ATen/ops/index_add_meta_dispatch.h>
#include <ATen/ops/index_copy_meta_dispatch.h>
#include <ATen/ops/index_meta_dispatch.h>
#include <ATen/ops/linalg_cross_meta_dispatch.h>
#include <ATen/ops/linalg_vector_norm_meta_dispatch.h>
#include <ATen/ops/max_meta_dispatch.h>
#include <ATen/ops/max_pool2d_with_indices_meta_dispatch.h>
#include <ATen/ops/mean_meta_dispatch.h>
#include <ATen/ops/min_meta_dispatch.h>
#include <ATen/ops/mm_meta_dispatch.h>
#include <ATen/ops/nll_loss_forward_meta_dispatch.h>
#include <ATen/ops/prod_meta_dispatch.h>
#include <ATen/ops/reflection_pad1d_meta_dispatch.h>
#include <ATen/ops/reflection_pad3d_meta_dispatch.h>
#include <ATen/ops/replication_pad1d_meta_dispatch.h>
#include <ATen/ops/replication_pad2d_meta_dispatch.h>
#include <ATen/ops/replication_pad3d_meta_dispatch.h>
#include <ATen/ops/scatter_add_meta_dispatch.h>
#include <ATen/ops/scatter_meta_dispatch.h>
#include <ATen/ops/scatter_reduce_meta_dispatch.h>
#include <ATen/ops/sort_meta_dispatch.h>
#include <ATen/ops/sum_meta_dispatch.h>
#include <ATen/ops/topk_meta_dispatch.h>
#include <ATen/ops/tril_meta_dispatch.h>
#include <ATen/ops/triu_meta_dispatch.h>
#include <ATen/ops/upsample_bicubic2d_meta_dispatch.h>
#include <ATen/ops/upsample_bilinear2d_meta_dispatch.h>
#include <ATen/ops/upsample_linear1d_meta_dispatch.h>
#include <ATen/ops/upsample_nearest1d_meta_dispatch.h>
#include <ATen/ops/upsample_nearest2d_meta_dispatch.h>
#include <ATen/ops/upsample_nearest3d_meta_dispatch.h>
#include <ATen/ops/upsample_trilinear3d_meta_dispatch.h>

#include "python/extension/structured_kernels.h"

namespace strata::python {

void AddLayers(KernelList& kernels) {
  kernels.Add<Binary>("mm", &at::meta::mm);
  kernels.Add<Binary>("bmm", &at::meta::bmm);
  kernels.Add<Tensor(const Tensor&, const Tensor&, const Tensor&, const Scalar&,
                     const Scalar&)>("baddbmm", &at::meta::baddbmm);
  kernels.Add<Tensor(const Tensor&, at::OptionalIntArrayRef, bool, Dtype)>(
      "mean.dim", &at::meta::mean);
  kernels.Add<Tensor(const Tensor&, at::OptionalIntArrayRef, bool, Dtype)>(
      "sum.dim_IntList", &at::meta::sum);
  kernels.Add<Tensor(const Tensor&, at::IntArrayRef, bool)>("amax",
                                                            &at::meta::amax);
  kernels.Add<Tensor(const Tensor&, std::optional<int64_t>, bool)>(
      "argmax", &at::meta::argmax);
  kernels.Add<std::tuple<Tensor, Tensor>(const Tensor&, at::IntArrayRef,
                                         at::IntArrayRef, at::IntArrayRef,
                                         at::IntArrayRef, bool)>(
      "max_pool2d_with_indices", &at::meta::max_pool2d_with_indices);
  kernels.Add<Tensor(const Tensor&, at::IntArrayRef, at::IntArrayRef,
                     at::IntArrayRef, bool, bool, std::optional<int64_t>)>(
      "avg_pool2d", &at::meta::avg_pool2d);
  kernels.Add<Tensor(const Tensor&, int64_t, Dtype)>("cumsum",
                                                     &at::meta::cumsum);
  kernels.Add<Tensor(const at::ITensorListRef&, int64_t)>("cat",
                                                          &at::meta::cat);
  kernels.Add<Tensor(const Tensor&, int64_t, const Tensor&, bool)>(
      "gather", &at::meta::gather);
  kernels.Add<Tensor(const Tensor&, int64_t)>("tril", &at::meta::tril);
  kernels.Add<Tensor(const Tensor&, int64_t)>("triu", &at::meta::triu);
  kernels.Add<Unary>("all", &at::meta::all);
  kernels.Add<Tensor(const Tensor&, int64_t, bool)>("all.dim", &at::meta::all);
  kernels.Add<Tensor(const Tensor&, at::OptionalIntArrayRef, bool)>(
      "all.dims", &at::meta::all);
  kernels.Add<Unary>("any", &at::meta::any);
  kernels.Add<Tensor(const Tensor&, int64_t, bool)>("any.dim", &at::meta::any);
  kernels.Add<Tensor(const Tensor&, at::OptionalIntArrayRef, bool)>(
      "any.dims", &at::meta::any);
  kernels.Add<Tensor(const Tensor&, at::IntArrayRef, bool)>("amin",
                                                            &at::meta::amin);
  kernels.Add<Tensor(const Tensor&, std::optional<int64_t>, bool)>(
      "argmin", &at::meta::argmin);
  kernels.Add<std::tuple<Tensor, Tensor>(const Tensor&, int64_t, bool)>(
      "max.dim", &at::meta::max);
  kernels.Add<std::tuple<Tensor, Tensor>(const Tensor&, int64_t, bool)>(
      "min.dim", &at::meta::min);
  kernels.Add<std::tuple<Tensor, Tensor>(const Tensor&, std::optional<int64_t>,
                                         bool)>("aminmax", &at::meta::aminmax);
  kernels.Add<Tensor(const Tensor&, int64_t, bool, Dtype)>("prod.dim_int",
                                                           &at::meta::prod);
  kernels.Add<Tensor(const Tensor&, int64_t, Dtype)>("cumprod",
                                                     &at::meta::cumprod);
  kernels.Add<std::tuple<Tensor, Tensor>(const Tensor&, int64_t, int64_t, bool,
                                         bool)>("topk", &at::meta::topk);
  kernels.Add<std::tuple<Tensor, Tensor>(const Tensor&, std::optional<bool>,
                                         int64_t, bool)>("sort.stable",
                                                         &at::meta::sort);
  kernels.Add<Tensor(const Tensor&, const Scalar&, at::OptionalIntArrayRef,
                     bool, Dtype)>("linalg_vector_norm",
                                   &at::meta::linalg_vector_norm);
  kernels.Add<Tensor(const Tensor&, at::IntArrayRef, at::IntArrayRef,
                     at::IntArrayRef, bool, bool, std::optional<int64_t>)>(
      "avg_pool3d", &at::meta::avg_pool3d);
  kernels.Add<std::tuple<Tensor, Tensor>(const Tensor&, at::IntArrayRef)>(
      "adaptive_max_pool2d", &at::meta::adaptive_max_pool2d);
  kernels.Add<std::tuple<Tensor, Tensor>(const Tensor&, at::IntArrayRef)>(
      "adaptive_max_pool3d", &at::meta::adaptive_max_pool3d);
  kernels.Add<Tensor(const Tensor&, at::IntArrayRef, std::optional<double>)>(
      "upsample_nearest1d", &at::meta::upsample_nearest1d);
  kernels.Add<Tensor(const Tensor&, at::IntArrayRef, std::optional<double>,
                     std::optional<double>)>("upsample_nearest2d",
                                             &at::meta::upsample_nearest2d);
  kernels.Add<Tensor(const Tensor&, at::IntArrayRef, std::optional<double>,
                     std::optional<double>, std::optional<double>)>(
      "upsample_nearest3d", &at::meta::upsample_nearest3d);
  kernels.Add<Tensor(const Tensor&, at::IntArrayRef, std::optional<double>)>(
      "_upsample_nearest_exact1d", &at::meta::_upsample_nearest_exact1d);
  kernels.Add<Tensor(const Tensor&, at::IntArrayRef, std::optional<double>,
                     std::optional<double>)>(
      "_upsample_nearest_exact2d", &at::meta::_upsample_nearest_exact2d);
  kernels.Add<Tensor(const Tensor&, at::IntArrayRef, std::optional<double>,
                     std::optional<double>, std::optional<double>)>(
      "_upsample_nearest_exact3d", &at::meta::_upsample_nearest_exact3d);
  kernels
      .Add<Tensor(const Tensor&, at::IntArrayRef, bool, std::optional<double>)>(
          "upsample_linear1d", &at::meta::upsample_linear1d);
  kernels.Add<Tensor(const Tensor&, at::IntArrayRef, bool,
                     std::optional<double>, std::optional<double>)>(
      "upsample_bilinear2d", &at::meta::upsample_bilinear2d);
  kernels.Add<Tensor(const Tensor&, at::IntArrayRef, bool,
                     std::optional<double>, std::optional<double>)>(
      "upsample_bicubic2d", &at::meta::upsample_bicubic2d);
  kernels
      .Add<Tensor(const Tensor&, at::IntArrayRef, bool, std::optional<double>,
                  std::optional<double>, std::optional<double>)>(
          "upsample_trilinear3d", &at::meta::upsample_trilinear3d);
  kernels.Add<Tensor(const Tensor&, at::IntArrayRef, bool,
                     std::optional<double>, std::optional<double>)>(
      "_upsample_bilinear2d_aa", &at::meta::_upsample_bilinear2d_aa);
  kernels.Add<Tensor(const Tensor&, at::IntArrayRef, bool,
                     std::optional<double>, std::optional<double>)>(
      "_upsample_bicubic2d_aa", &at::meta::_upsample_bicubic2d_aa);
  kernels.Add<Tensor(const Tensor&, at::IntArrayRef)>(
      "reflection_pad1d", &at::meta::reflection_pad1d);
  kernels.Add<Tensor(const Tensor&, at::IntArrayRef)>(
      "reflection_pad3d", &at::meta::reflection_pad3d);
  kernels.Add<Tensor(const Tensor&, at::IntArrayRef)>(
      "replication_pad1d", &at::meta::replication_pad1d);
  kernels.Add<Tensor(const Tensor&, at::IntArrayRef)>(
      "replication_pad2d", &at::meta::replication_pad2d);
  kernels.Add<Tensor(const Tensor&, at::IntArrayRef)>(
      "replication_pad3d", &at::meta::replication_pad3d);
  kernels.Add<Tensor(const Tensor&, const c10::List<std::optional<Tensor>>&)>(
      "index.Tensor", &at::meta::index);
  kernels.Add<Tensor(const Tensor&, int64_t, const Tensor&, const Tensor&)>(
      "scatter.src", &at::meta::scatter);
  kernels.Add<Tensor(const Tensor&, int64_t, const Tensor&, const Scalar&)>(
      "scatter.value", &at::meta::scatter);
  kernels.Add<Tensor&(Tensor&, int64_t, const Tensor&, const Tensor&)>(
      "scatter_.src", &at::meta::scatter_);
  kernels.Add<Tensor&(Tensor&, int64_t, const Tensor&, const Scalar&)>(
      "scatter_.value", &at::meta::scatter_);
  kernels.Add<Tensor(const Tensor&, int64_t, const Tensor&, const Tensor&)>(
      "scatter_add", &at::meta::scatter_add);
  kernels.Add<Tensor&(Tensor&, int64_t, const Tensor&, const Tensor&)>(
      "scatter_add_", &at::meta::scatter_add_);
  kernels.Add<Tensor(const Tensor&, int64_t, const Tensor&, const Tensor&,
                     c10::string_view, bool)>("scatter_reduce.two",
                                              &at::meta::scatter_reduce);
  kernels.Add<Tensor(const Tensor&, int64_t, const Tensor&, const Tensor&,
                     const Scalar&)>("index_add", &at::meta::index_add);
  kernels.Add<Tensor&(Tensor&, int64_t, const Tensor&, const Tensor&,
                      const Scalar&)>("index_add_", &at::meta::index_add_);
  kernels.Add<Tensor(const Tensor&, int64_t, const Tensor&, const Tensor&)>(
      "index_copy", &at::meta::index_copy);
  kernels.Add<Tensor&(Tensor&, int64_t, const Tensor&, const Tensor&)>(
      "index_copy_", &at::meta::index_copy_);
  kernels.Add<Tensor(const Tensor&, const Tensor&, const Tensor&, const Scalar&,
                     const Scalar&)>("addmv", &at::meta::addmv);
  kernels.Add<Tensor&(Tensor&, const Tensor&, const Tensor&, const Scalar&,
                      const Scalar&)>("addmm_", &at::meta::addmm_);
  kernels.Add<Tensor&(Tensor&, const Tensor&, const Tensor&, const Scalar&,
                      const Scalar&)>("baddbmm_", &at::meta::baddbmm_);
  kernels.Add<std::tuple<Tensor, Tensor>(
      const Tensor&, const Tensor&, const std::optional<Tensor>&, int64_t,
      int64_t)>("nll_loss_forward", &at::meta::nll_loss_forward);
  kernels.Add<Tensor(const Tensor&, const Tensor&, int64_t)>(
      "linalg_cross", &at::meta::linalg_cross);
}

}  // namespace strata::python
