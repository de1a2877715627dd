#include "plugins/metrics/macs/formulas.h"

#include <utility>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace strata::metrics {
namespace {

using Formula = Count (*)(const OpCall& op);

const TensorSpec* TensorAt(const OpCall& op, size_t index) {
  if (index >= op.arguments.size()) return nullptr;
  return std::get_if<TensorSpec>(&op.arguments[index]);
}

bool BoolAt(const OpCall& op, size_t index) {
  if (index >= op.arguments.size()) return false;
  const bool* value = std::get_if<bool>(&op.arguments[index]);
  return value != nullptr && *value;
}

Count Elements(const TensorSpec& tensor) { return Product(tensor.shape); }

// The sizes before the last `trailing` ones.
Count LeadingElements(const TensorSpec& tensor, size_t trailing) {
  if (tensor.shape.size() < trailing) return Count::Unknown();
  return Product(
      absl::MakeConstSpan(tensor.shape).first(tensor.shape.size() - trailing));
}

Count ElementsOfOneOutput(const TensorSpec* weight) {
  if (weight == nullptr || weight->shape.empty()) return Count::Unknown();
  return Product(absl::MakeConstSpan(weight->shape).subspan(1));
}

// Convolution of an input by a weight [out, in/groups, kernel…]: each element
// of the output takes in/groups * prod(kernel). Batched or not.
// (torch/utils/flop_counter.py, conv_flop_count)
Count Convolution(const OpCall& op) {
  if (op.outputs.empty()) return Count::Unknown();
  return Elements(op.outputs[0]) * ElementsOfOneOutput(TensorAt(op, 1));
}

// Transposed: a weight [in, out/groups, kernel…], and each element of the input
// gives out/groups * prod(kernel). (the same file, `transposed`)
Count TransposedConvolution(const OpCall& op) {
  const TensorSpec* input = TensorAt(op, 0);
  if (input == nullptr) return Count::Unknown();
  return Elements(*input) * ElementsOfOneOutput(TensorAt(op, 1));
}

// aten::convolution(input, weight, bias, stride, padding, dilation, transposed,
// output_padding, groups) and those with the same first arguments.
Count GeneralConvolution(const OpCall& op) {
  return BoolAt(op, 6) ? TransposedConvolution(op) : Convolution(op);
}

// conv_tbc: input [time, batch, in], weight [kernel, in, out].
Count ConvolutionTbc(const OpCall& op) {
  const TensorSpec* weight = TensorAt(op, 1);
  if (weight == nullptr || weight->shape.size() != 3 || op.outputs.empty()) {
    return Count::Unknown();
  }
  return Elements(op.outputs[0]) * weight->shape[0] * weight->shape[1];
}

// A product that contracts the last dimension of argument `left`: each element
// of the output takes that many. Right for every form of matmul: vectors,
// batches, broadcasting. (flop_counter.py, mm_flop, bmm_flop)
template <size_t left>
Count MatrixProduct(const OpCall& op) {
  const TensorSpec* a = TensorAt(op, left);
  if (a == nullptr || a->shape.empty() || op.outputs.empty()) {
    return Count::Unknown();
  }
  return Elements(op.outputs[0]) * a->shape.back();
}

// addbmm(self, batch1 [b, n, k], batch2 [b, k, m]): the batch is summed up.
Count AddBmm(const OpCall& op) {
  const TensorSpec* a = TensorAt(op, 1);
  const TensorSpec* b = TensorAt(op, 2);
  if (a == nullptr || b == nullptr || b->shape.size() != 3) {
    return Count::Unknown();
  }
  return Elements(*a) * b->shape[2];
}

// bilinear(x1 [*, i], x2 [*, j], weight [o, i, j]): i * j for each output.
Count Bilinear(const OpCall& op) {
  if (op.outputs.empty()) return Count::Unknown();
  return Elements(op.outputs[0]) * ElementsOfOneOutput(TensorAt(op, 2));
}

// Attention with queries [*, heads, L, D], keys [*, S, D] and values [*, S,
// Dv]: L*S*D for the scores and L*S*Dv for the values, in each head of the
// queries (grouped keys and values are read again for each). Nothing is taken
// off for a causal mask. (flop_counter.py, sdpa_flop_count)
Count Attention(const OpCall& op) {
  const TensorSpec* q = TensorAt(op, 0);
  const TensorSpec* k = TensorAt(op, 1);
  const TensorSpec* v = TensorAt(op, 2);
  if (q == nullptr || k == nullptr || v == nullptr || op.outputs.empty() ||
      q->shape.size() < 2 || k->shape.size() < 2 || v->shape.size() < 2) {
    return Count::Unknown();
  }
  const Count length = q->shape[q->shape.size() - 2];
  const Count keys = k->shape[k->shape.size() - 2];
  return LeadingElements(op.outputs[0], 2) * length * keys *
         (Count(q->shape.back()) + v->shape.back());
}

// Multi-head attention of [batch, length, embed] with its four projections.
Count MultiHead(const TensorSpec& q, const TensorSpec& k, Count embed) {
  if (q.shape.size() != 3 || k.shape.size() != 3) return Count::Unknown();
  const Count batch = q.shape[0];
  const Count length = q.shape[1];
  const Count keys = k.shape[1];
  const Count projections =
      batch * (length + length + keys + keys) * embed * embed;
  return projections + batch * length * keys * (embed + embed);
}

// _native_multi_head_attention(query, key, value, embed_dim, num_head, …)
// (aten/src/ATen/native/transformers/attention.cpp)
Count NativeMultiHead(const OpCall& op) {
  const TensorSpec* q = TensorAt(op, 0);
  const TensorSpec* k = TensorAt(op, 1);
  if (q == nullptr || k == nullptr || q->shape.empty()) return Count::Unknown();
  return MultiHead(*q, *k, q->shape.back());
}

// _transformer_encoder_layer_fwd(src, …, ffn_weight_1 (14), ffn_bias_1,
// ffn_weight_2 (16), …): attention, then two linear layers for each token.
// (aten/src/ATen/native/transformers/transformer.cpp)
Count EncoderLayer(const OpCall& op) {
  const TensorSpec* src = TensorAt(op, 0);
  const TensorSpec* first = TensorAt(op, 14);
  const TensorSpec* second = TensorAt(op, 16);
  if (src == nullptr || first == nullptr || second == nullptr ||
      src->shape.empty()) {
    return Count::Unknown();
  }
  return MultiHead(*src, *src, src->shape.back()) +
         LeadingElements(*src, 1) * (Elements(*first) + Elements(*second));
}

// RNN, GRU and LSTM of any number of layers and directions, projected or not:
// each matrix among the weights is applied once to each token. The weights are
// the last list of tensors; the first argument is [length, batch, in], in
// another order, or the packed [tokens, in].
Count Recurrent(const OpCall& op) {
  const TensorSpec* input = TensorAt(op, 0);
  if (input == nullptr) return Count::Unknown();
  const std::vector<TensorSpec>* weights = nullptr;
  for (const OpArgument& argument : op.arguments) {
    const auto* list = std::get_if<std::vector<TensorSpec>>(&argument);
    if (list != nullptr) weights = list;
  }
  if (weights == nullptr) return Count::Unknown();
  Count per_token = 0;
  for (const TensorSpec& weight : *weights) {
    if (weight.shape.size() == 2) per_token += Elements(weight);
  }
  return LeadingElements(*input, 1) * per_token;
}

using Table = absl::flat_hash_map<absl::string_view, Formula>;

// By the operator's name without namespace-inner overloads. One row each, so
// that a grep finds it.
const Table& Formulas() {
  static const Table* const table = new Table({
      {"aten::conv1d", Convolution},
      {"aten::conv2d", Convolution},
      {"aten::conv3d", Convolution},
      {"aten::conv_transpose1d", TransposedConvolution},
      {"aten::conv_transpose2d", TransposedConvolution},
      {"aten::conv_transpose3d", TransposedConvolution},
      {"aten::convolution", GeneralConvolution},
      {"aten::_convolution", GeneralConvolution},
      {"aten::convolution_overrideable", GeneralConvolution},
      {"aten::_convolution_mode", Convolution},
      {"aten::mkldnn_convolution", Convolution},
      {"aten::thnn_conv2d", Convolution},
      {"aten::_slow_conv2d_forward", Convolution},
      {"aten::slow_conv3d", Convolution},
      {"aten::slow_conv3d_forward", Convolution},
      {"aten::slow_conv_dilated2d", Convolution},
      {"aten::slow_conv_dilated3d", Convolution},
      {"aten::slow_conv_transpose2d", TransposedConvolution},
      {"aten::slow_conv_transpose3d", TransposedConvolution},
      {"aten::_conv_depthwise2d", Convolution},
      {"aten::conv_depthwise3d", Convolution},
      {"aten::cudnn_convolution", Convolution},
      {"aten::cudnn_convolution_relu", Convolution},
      {"aten::cudnn_convolution_add_relu", Convolution},
      {"aten::cudnn_convolution_transpose", TransposedConvolution},
      {"aten::miopen_convolution", Convolution},
      {"aten::miopen_convolution_transpose", TransposedConvolution},
      {"aten::miopen_depthwise_convolution", Convolution},
      {"aten::conv_tbc", ConvolutionTbc},
      {"aten::linear", MatrixProduct<0>},
      {"aten::mkldnn_linear", MatrixProduct<0>},
      {"aten::matmul", MatrixProduct<0>},
      {"aten::mm", MatrixProduct<0>},
      {"aten::bmm", MatrixProduct<0>},
      {"aten::mv", MatrixProduct<0>},
      {"aten::dot", MatrixProduct<0>},
      {"aten::vdot", MatrixProduct<0>},
      {"aten::addmm", MatrixProduct<1>},
      {"aten::_addmm_activation", MatrixProduct<1>},
      {"aten::addmv", MatrixProduct<1>},
      {"aten::baddbmm", MatrixProduct<1>},
      {"aten::addbmm", AddBmm},
      {"aten::_int_mm", MatrixProduct<0>},
      {"aten::_scaled_mm", MatrixProduct<0>},
      {"aten::_weight_int8pack_mm", MatrixProduct<0>},
      {"aten::_weight_int4pack_mm", MatrixProduct<0>},
      {"aten::_weight_int4pack_mm_for_cpu", MatrixProduct<0>},
      {"aten::bilinear", Bilinear},
      {"aten::scaled_dot_product_attention", Attention},
      {"aten::_scaled_dot_product_attention_math", Attention},
      {"aten::_scaled_dot_product_flash_attention", Attention},
      {"aten::_scaled_dot_product_flash_attention_for_cpu", Attention},
      {"aten::_scaled_dot_product_efficient_attention", Attention},
      {"aten::_scaled_dot_product_cudnn_attention", Attention},
      {"aten::_scaled_dot_product_fused_attention_overrideable", Attention},
      {"aten::_native_multi_head_attention", NativeMultiHead},
      {"aten::_transformer_encoder_layer_fwd", EncoderLayer},
      {"aten::lstm", Recurrent},
      {"aten::gru", Recurrent},
      {"aten::rnn_tanh", Recurrent},
      {"aten::rnn_relu", Recurrent},
      // X [*, in] and a packed weight.
      {"quantized::linear", MatrixProduct<0>},
      {"quantized::linear_relu", MatrixProduct<0>},
      {"quantized::linear_dynamic", MatrixProduct<0>},
      {"quantized::linear_relu_dynamic", MatrixProduct<0>},
      {"quantized::linear_dynamic_fp16", MatrixProduct<0>},
      {"quantized::linear_relu_dynamic_fp16", MatrixProduct<0>},
      {"torchvision::deform_conv2d", Convolution},
  });
  return *table;
}

}  // namespace

std::optional<Count> MacsOf(const OpCall& op) {
  const Table& formulas = Formulas();
  auto found = formulas.find(op.name);
  if (found == formulas.end()) {
    // aten::addmm_ writes in place and costs the same.
    absl::string_view name = op.name;
    if (!absl::ConsumeSuffix(&name, "_")) return std::nullopt;
    found = formulas.find(name);
    if (found == formulas.end()) return std::nullopt;
  }
  return found->second(op);
}

bool IsKnownArithmetic(absl::string_view name) {
  for (absl::string_view prefix :
       {"quantized::conv", "quantized::linear", "aten::quantized_lstm",
        "aten::quantized_gru", "mkldnn::", "mkldnn_prepacked::conv",
        "prepacked::", "aten::fbgemm_linear", "xnnpack::"}) {
    if (absl::StartsWith(name, prefix)) {
      // Packing weights is no arithmetic on them.
      return !absl::EndsWith(name, "pack") &&
             !absl::EndsWith(name, "packed_weights");
    }
  }
  return false;
}

}  // namespace strata::metrics
