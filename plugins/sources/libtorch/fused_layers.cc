#include "plugins/sources/libtorch/fused_layers.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue_inl.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/softmax.h>

namespace strata::libtorch {
namespace {

using at::Tensor;

struct Projections {
  const Tensor& in_weight;
  const Tensor& in_bias;
  const Tensor& out_weight;
  const Tensor& out_bias;
};

// native_multi_head_attention_cuda, without weights: by the operator above,
// where heads are of whole 16 bytes, else by products of its own.
Tensor SelfAttention(const Tensor& x, int64_t heads, const Projections& p) {
  const int64_t batch = x.size(0);
  const int64_t size = x.size(2);
  const int64_t head = size / heads;
  constexpr int64_t kAligned = 8;
  if (head % kAligned == 0) {
    const Tensor projected = at::linear(x, p.in_weight, p.in_bias);
    std::vector<Tensor> parts = projected.chunk(3, -1);
    for (Tensor& part : parts) {
      part = part.view({batch, -1, heads, head}).transpose(1, 2);
    }
    const Tensor attended =
        at::scaled_dot_product_attention(parts[0], parts[1], parts[2])
            .transpose(1, 2)
            .reshape({batch, -1, size});
    return at::linear(attended, p.out_weight, p.out_bias);
  }
  Tensor projected = at::linear(x, p.in_weight);
  // With the bias, scaled and in another order: as large.
  const Tensor rescaled = projected.clone(at::MemoryFormat::Contiguous);
  projected.reset();
  const Tensor parts = rescaled.view({3, batch * heads, -1, head});
  Tensor weights = at::bmm(parts[0], parts[1].transpose(1, 2));
  weights = at::softmax(weights, -1);
  weights.reset();  // Its product with the values takes the queries' place.
  const Tensor attended =
      parts[0].clone(at::MemoryFormat::Contiguous).view({batch, -1, size});
  return at::linear(attended, p.out_weight, p.out_bias);
}

}  // namespace

Tensor SelfAttentionOfParts(const std::vector<c10::IValue>& arguments) {
  const Tensor query = arguments[0].toTensor();
  const int64_t heads = arguments[4].toInt();
  constexpr int kNeedWeights = 10;
  if (!query.is_same(arguments[1].toTensor()) ||
      !query.is_same(arguments[2].toTensor()) || query.dim() != 3 ||
      heads <= 0 || query.size(2) % heads != 0 || query.numel() == 0 ||
      arguments[kNeedWeights].toBool()) {
    return Tensor();
  }
  return SelfAttention(query, heads,
                       {arguments[5].toTensor(), arguments[6].toTensor(),
                        arguments[7].toTensor(), arguments[8].toTensor()});
}

Tensor EncoderLayerOfParts(const std::vector<c10::IValue>& arguments) {
  const auto tensor = [&](int i) { return arguments[i].toTensor(); };
  const Tensor source = tensor(0);
  const int64_t heads = arguments[2].toInt();
  if (source.is_nested() || source.dim() != 3 || heads <= 0 ||
      source.size(2) % heads != 0 || source.numel() == 0) {
    return Tensor();
  }
  const bool use_gelu = arguments[7].toBool();
  const bool norm_first = arguments[8].toBool();
  const double epsilon = arguments[9].toDouble();
  const auto norm = [&](const Tensor& x, int weight) {
    return at::layer_norm(x, {x.size(2)}, tensor(weight), tensor(weight + 1),
                          epsilon);
  };
  constexpr int kFirstNorm = 10, kSecondNorm = 12, kFirst = 14, kSecond = 16;
  Tensor x = norm_first ? norm(source, kFirstNorm) : source;
  x = SelfAttention(x, heads, {tensor(3), tensor(4), tensor(5), tensor(6)});
  x.add_(source);
  if (!norm_first) x = norm(x, kFirstNorm);
  const Tensor before = x;
  if (norm_first) x = norm(x, kSecondNorm);
  x = at::linear(x, tensor(kFirst), tensor(kFirst + 1));
  x = use_gelu ? at::gelu(x) : at::relu_(x);
  x = at::linear(x, tensor(kSecond), tensor(kSecond + 1));
  x.add_(before);
  return norm_first ? x : norm(x, kSecondNorm);
}

}  // namespace strata::libtorch
