// The operators that do none of the arithmetic that counts, though they take
// two or more floating-point tensors. (One that takes fewer needs no row.)

#include "absl/container/flat_hash_set.h"
#include "absl/strings/strip.h"
#include "plugins/metrics/macs/formulas.h"

namespace strata::metrics {
namespace {

using Names = absl::flat_hash_set<absl::string_view>;

const Names& ElementWiseOperators() {
  static const Names* const names = new Names({
      // Element-wise.
      "__and__",
      "__or__",
      "add",
      "addcdiv",
      "addcmul",
      "atan2",
      "arctan2",
      "bitwise_and",
      "bitwise_or",
      "clamp",
      "clamp_max",
      "clamp_min",
      "clip",
      "complex",
      "copysign",
      "cross",
      "div",
      "divide",
      "eq",
      "equal",
      "fmax",
      "float_power",
      "floor_divide",
      "fmin",
      "fmod",
      "gcd",
      "ge",
      "greater",
      "greater_equal",
      "gt",
      "heaviside",
      "hypot",
      "isclose",
      "allclose",
      "lcm",
      "ldexp",
      "le",
      "lerp",
      "less",
      "less_equal",
      "logaddexp",
      "logaddexp2",
      "logical_and",
      "logical_or",
      "logical_xor",
      "lt",
      "maximum",
      "max",
      "min",
      "minimum",
      "mul",
      "multiply",
      "ne",
      "nextafter",
      "not_equal",
      "polar",
      "pow",
      "prelu",
      "_prelu_kernel",
      "remainder",
      "rsub",
      "sub",
      "subtract",
      "true_divide",
      "where",
      "xlogy",
      "zeta",
      "special_xlog1py",
      "_foreach_add",
      "_foreach_mul",
      "dist",
      "addr",
      "ger",
      "outer",
      "cdist",
      "_cdist_forward",
      "pairwise_distance",
      "cosine_similarity",
      "trapezoid",
  });
  return *names;
}

const Names& OtherFreeOperators() {
  static const Names* const names = new Names({
      // Normalisation.
      "batch_norm",
      "_batch_norm_impl_index",
      "native_batch_norm",
      "_native_batch_norm_legit",
      "_native_batch_norm_legit_no_training",
      "_batch_norm_with_update",
      "_batch_norm_no_update",
      "cudnn_batch_norm",
      "miopen_batch_norm",
      "group_norm",
      "native_group_norm",
      "instance_norm",
      "layer_norm",
      "native_layer_norm",
      "rms_norm",
      "_fused_rms_norm",
      "_weight_norm",
      "_weight_norm_interface",
      "norm_except_dim",
      // Moving data.
      "block_diag",
      "broadcast_tensors",
      "cat",
      "chunk_cat",
      "column_stack",
      "concat",
      "concatenate",
      "copy",
      "_copy_from",
      "diagonal_scatter",
      "dstack",
      "expand_as",
      "fill",
      "gather",
      "grid_sampler",
      "grid_sampler_2d",
      "grid_sampler_3d",
      "hstack",
      "index",
      "index_add",
      "index_copy",
      "index_fill",
      "index_put",
      "_index_put_impl",
      "index_reduce",
      "masked_fill",
      "masked_scatter",
      "meshgrid",
      "_nested_from_padded",
      "_nested_from_padded_and_nested_example",
      "_nested_tensor_from_mask",
      "_nested_tensor_from_tensor_list",
      "_nested_tensor_softmax_with_shape",
      "pad_sequence",
      "reshape_as",
      "resize_as",
      "row_stack",
      "scatter",
      "scatter_add",
      "scatter_reduce",
      "select_scatter",
      "set",
      "slice_scatter",
      "stack",
      "take_along_dim",
      "tensor_split",
      "to",
      "type_as",
      "view_as",
      "vstack",
      "unflatten",
      "cartesian_prod",
      "_unsafe_index_put",
      // Lookups, losses, and the inner steps of recurrent cells.
      "embedding",
      "embedding_bag",
      "_embedding_bag",
      "_embedding_bag_forward_only",
      "binary_cross_entropy",
      "binary_cross_entropy_with_logits",
      "cosine_embedding_loss",
      "cross_entropy_loss",
      "hinge_embedding_loss",
      "huber_loss",
      "kl_div",
      "l1_loss",
      "margin_ranking_loss",
      "mse_loss",
      "nll_loss",
      "nll_loss_forward",
      "poisson_nll_loss",
      "smooth_l1_loss",
      "soft_margin_loss",
      "triplet_margin_loss",
      "_thnn_fused_gru_cell",
      "_thnn_fused_lstm_cell",
      "bucketize",
      "searchsorted",
      "isin",
      "result_type",
      "promote_types",
      "can_cast",
      "is_same_size",
      "_has_compatible_shallow_copy_type",
      "quantize_per_channel",
      "fake_quantize_per_channel_affine",
      "fake_quantize_per_tensor_affine_cachemask",
      "tile",
      "_fused_dropout",
      "_masked_softmax",
      "_softmax",
      "softmax",
      "_fused_sdp_choice",
      "_transform_bias_rescale_qkv",
      "histc",
  });
  return *names;
}

// Whether a set has "aten::NAME", or NAME without the underscore of in-place.
bool Has(const Names& names, absl::string_view name) {
  if (!absl::ConsumePrefix(&name, "aten::")) return false;
  return names.contains(name) ||
         (absl::ConsumeSuffix(&name, "_") && names.contains(name));
}

}  // namespace

bool IsElementWise(absl::string_view name) {
  return Has(ElementWiseOperators(), name);
}

bool IsKnownFree(absl::string_view name) {
  // PyTorch's Python code takes element-wise operators and reductions apart
  // into these (torch/_prims/__init__.py); there is no product among them.
  return absl::StartsWith(name, "prims::") || IsElementWise(name) ||
         Has(OtherFreeOperators(), name);
}

}  // namespace strata::metrics
