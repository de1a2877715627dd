#include "plugins/sources/libtorch/accelerator_rules.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/_scaled_dot_product_efficient_attention.h>
#include <ATen/ops/_scaled_dot_product_flash_attention.h>
#include <ATen/ops/dropout_native.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/logical_not.h>
#include <ATen/ops/native_dropout.h>
#include <ATen/ops/pad.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/scaled_dot_product_attention_native.h>
#include <ATen/ops/where.h>
#include <torch/library.h>

#include <cmath>
#include <limits>
#include <optional>
#include <tuple>

namespace strata::libtorch {
namespace {

using at::Tensor;

thread_local int on_accelerator = 0;  // How many live.

// ---- Which kernel: aten/src/ATen/native/transformers/cuda/sdp_utils.cpp ----

enum class Kernel { kMath, kFlash, kEfficient };

struct Attention {
  const Tensor& query;
  const Tensor& key;
  const Tensor& value;
  const std::optional<Tensor>& mask;
  bool is_causal;
  bool shares_heads;  // enable_gqa
};

// What the fused kernels have in common: check_tensor_shapes,
// check_batch_size_and_num_heads_dense, check_nonzero_sequence_lengths_dense,
// check_last_dim_stride_equals_1_dense.
bool FitsFused(const Attention& a, bool may_share_heads) {
  for (const Tensor* tensor : {&a.query, &a.key, &a.value}) {
    if (tensor->is_nested() || tensor->dim() != 4 || tensor->size(2) == 0 ||
        tensor->stride(3) != 1 || tensor->size(0) != a.query.size(0) ||
        tensor->scalar_type() != a.query.scalar_type()) {
      return false;
    }
  }
  if (a.key.size(1) != a.value.size(1)) return false;
  if (a.query.size(1) == a.key.size(1)) return true;
  return may_share_heads && a.shares_heads && a.key.size(1) > 0 &&
         a.query.size(1) % a.key.size(1) == 0;
}

// can_use_flash_attention
bool FitsFlash(const Attention& a) {
  constexpr int64_t kLargestHead = 256;
  const int64_t head = a.query.size(-1);
  return at::isReducedFloatingType(a.query.scalar_type()) && !a.mask &&
         FitsFused(a, /*may_share_heads=*/true) && head <= kLargestHead &&
         a.key.size(-1) == head && a.value.size(-1) == head &&
         (!a.is_causal || a.query.size(2) == a.key.size(2));
}

// can_use_mem_efficient_attention, with minimum_gemm_alignment of tensor cores:
// heads of whole 16 bytes.
bool FitsEfficient(const Attention& a) {
  const at::ScalarType type = a.query.scalar_type();
  if (type != at::kFloat && !at::isReducedFloatingType(type)) return false;
  const int64_t aligned = type == at::kFloat ? 4 : 8;
  return FitsFused(a, /*may_share_heads=*/false) &&
         a.query.size(-1) == a.key.size(-1) &&
         a.query.size(-1) % aligned == 0 && a.value.size(-1) % aligned == 0;
}

Kernel KernelFor(const Attention& attention) {
  if (FitsFlash(attention)) return Kernel::kFlash;
  return FitsEfficient(attention) ? Kernel::kEfficient : Kernel::kMath;
}

// ---- What the kernels return: torch/_meta_registrations.py ----------------

using FourTensors = std::tuple<Tensor, Tensor, Tensor, Tensor>;

// On a device the seeds of dropout lie on the CPU.
Tensor OfNoDevice(const Tensor& like) {
  return at::empty({0}, like.options().dtype(at::kLong));
}

FourTensors EfficientAttention(const Tensor& query, const Tensor&,
                               const Tensor& value,
                               const std::optional<Tensor>&,
                               bool keeps_log_sums, double, bool,
                               std::optional<double>) {
  constexpr int64_t kAlignedTo = 32;
  const int64_t length = query.size(2);
  const int64_t kept =
      keeps_log_sums ? (length + kAlignedTo - 1) / kAlignedTo * kAlignedTo : 0;
  const Tensor output = at::empty(
      {query.size(0), length, query.size(1), value.size(-1)}, query.options());
  return {output.transpose(1, 2),
          at::empty({query.size(0), query.size(1), kept},
                    query.options().dtype(at::kFloat)),
          OfNoDevice(query), OfNoDevice(query)};
}

using FlashResult = std::tuple<Tensor, Tensor, Tensor, Tensor, c10::SymInt,
                               c10::SymInt, Tensor, Tensor, Tensor>;

FlashResult FlashAttention(const Tensor& query, const Tensor& key,
                           const Tensor&, double, bool, bool,
                           std::optional<double>) {
  const at::TensorOptions seeds = query.options().dtype(at::kLong);
  return {at::empty_like(query),
          at::empty({query.size(0), query.size(1), query.size(2)},
                    query.options().dtype(at::kFloat)),
          Tensor(),
          Tensor(),
          query.size(2),
          key.size(2),
          at::empty({2}, seeds),
          at::empty({}, seeds),
          at::empty({0}, query.options())};
}

// ---- Around them: aten/src/ATen/native/transformers/attention.cpp ----------

// convert_boolean_attn_mask
std::optional<Tensor> AddedMask(const std::optional<Tensor>& mask,
                                const Tensor& query) {
  if (!mask || !mask->defined() || mask->scalar_type() != at::kBool) {
    return mask && mask->defined() ? mask : std::nullopt;
  }
  const at::TensorOptions options = query.options();
  return at::where(
      mask->logical_not(),
      at::scalar_tensor(-std::numeric_limits<double>::infinity(), options),
      at::scalar_tensor(0.0, options));
}

// preprocess_mask: a row is padded to 16 elements where it is not of whole 8.
Tensor AlignedMask(const Tensor& mask) {
  constexpr int64_t kAligned = 8;
  constexpr int64_t kPaddedTo = 16;
  bool is_aligned = mask.dim() > 0 && mask.stride(-1) == 1;
  for (int64_t i = 0; i + 1 < mask.dim(); ++i) {
    is_aligned &= mask.stride(i) % kAligned == 0;
  }
  if (is_aligned || mask.dim() == 0) return mask;
  const int64_t length = mask.size(-1);
  return at::pad(mask, {0, kPaddedTo - length % kPaddedTo})
      .slice(-1, 0, length);
}

// pad_last_dim<8, false>
Tensor PaddedHead(const Tensor& tensor) {
  constexpr int64_t kAligned = 8;
  const int64_t over = tensor.size(-1) % kAligned;
  return over == 0 ? tensor : at::pad(tensor, {0, kAligned - over});
}

Tensor ScaledDotProductAttention(const Tensor& query, const Tensor& key,
                                 const Tensor& value,
                                 const std::optional<Tensor>& mask,
                                 double dropout, bool is_causal,
                                 std::optional<double> scale,
                                 bool shares_heads) {
  const Kernel kernel =
      AsOnAccelerator::is_on()
          ? KernelFor({query, key, value, mask, is_causal, shares_heads})
          : Kernel::kMath;
  if (kernel == Kernel::kMath) {
    return at::native::scaled_dot_product_attention(
        query, key, value, mask, dropout, is_causal, scale, shares_heads);
  }
  if (kernel == Kernel::kFlash) {
    const double scaled_by =
        scale.value_or(1 / std::sqrt(static_cast<double>(query.size(-1))));
    return std::get<0>(at::_scaled_dot_product_flash_attention(
                           PaddedHead(query), PaddedHead(key),
                           PaddedHead(value), dropout, is_causal,
                           /*return_debug_mask=*/false, scaled_by))
        .slice(-1, 0, query.size(-1));
  }
  std::optional<Tensor> added = AddedMask(mask, query);
  if (added) {
    added = AlignedMask(*added).expand(
        {query.size(0), query.size(1), query.size(2), key.size(2)});
  }
  const bool needs_gradient =
      query.requires_grad() || key.requires_grad() || value.requires_grad();
  return std::get<0>(at::_scaled_dot_product_efficient_attention(
      query, key, value, added,
      /*compute_log_sumexp=*/c10::GradMode::is_enabled() && needs_gradient,
      dropout, is_causal, scale));
}

// aten/src/ATen/native/Dropout.cpp, is_fused_kernel_acceptable.
Tensor Dropout(const Tensor& input, double probability, bool training) {
  if (AsOnAccelerator::is_on() && training && probability > 0 &&
      probability < 1 && input.numel() > 0) {
    return std::get<0>(at::native_dropout(input, probability, training));
  }
  return at::native::dropout(input, probability, training);
}

// ---- Registering -----------------------------------------------------------

// With a kernel of its own for meta, an operator that is made of others needs
// one for autograd on meta, too: the same, as it is still made of others.
class Rules {
 public:
  Rules() {
    for (torch::Library* library : {&meta_, &autograd_}) {
      library->impl("scaled_dot_product_attention", ScaledDotProductAttention);
      library->impl("dropout", Dropout);
    }
    meta_.impl("_scaled_dot_product_efficient_attention", EfficientAttention);
    meta_.impl("_scaled_dot_product_flash_attention", FlashAttention);
  }

 private:
  static torch::Library For(c10::DispatchKey key) {
    return torch::Library(torch::Library::IMPL, "aten", key, __FILE__,
                          __LINE__);
  }

  torch::Library meta_ = For(c10::DispatchKey::Meta);
  torch::Library autograd_ = For(c10::DispatchKey::AutogradMeta);
};

}  // namespace

AsOnAccelerator::AsOnAccelerator() {
  static const auto* const rules = new Rules();
  (void)rules;
  ++on_accelerator;
}

AsOnAccelerator::~AsOnAccelerator() { --on_accelerator; }

bool AsOnAccelerator::is_on() { return on_accelerator > 0; }

}  // namespace strata::libtorch
