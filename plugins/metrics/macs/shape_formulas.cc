#include "plugins/metrics/macs/shape_formulas.h"

#include <cstddef>
#include <variant>
#include <vector>

#include "absl/types/span.h"

namespace strata::metrics {
namespace {

const TensorSpec* TensorAt(const OpCall& op, size_t index) {
  if (index >= op.arguments.size()) return nullptr;
  return std::get_if<TensorSpec>(&op.arguments[index]);
}

// A weight: a tensor, or the first of what packed parameters hold.
const TensorSpec* WeightAt(const OpCall& op, size_t index) {
  if (index < op.arguments.size()) {
    const auto* packed =
        std::get_if<std::vector<TensorSpec>>(&op.arguments[index]);
    if (packed != nullptr && !packed->empty()) return &packed->front();
  }
  return TensorAt(op, index);
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

// A product that contracts the last dimension of argument `left`: each element
// of the output takes that many. Right for every form of matmul: vectors,
// batches, broadcasting. (flop_counter.py, mm_flop, bmm_flop)
Count ProductOf(const OpCall& op, size_t left) {
  const TensorSpec* a = TensorAt(op, left);
  if (a == nullptr || a->shape.empty() || op.outputs.empty()) {
    return Count::Unknown();
  }
  return Elements(op.outputs[0]) * a->shape.back();
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

}  // namespace

Count MatrixProduct(const OpCall& op) { return ProductOf(op, 0); }

Count AddedMatrixProduct(const OpCall& op) { return ProductOf(op, 1); }

Count Convolution(const OpCall& op) {
  if (op.outputs.empty()) return Count::Unknown();
  return Elements(op.outputs[0]) * ElementsOfOneOutput(WeightAt(op, 1));
}

Count TransposedConvolution(const OpCall& op) {
  const TensorSpec* input = TensorAt(op, 0);
  if (input == nullptr) return Count::Unknown();
  return Elements(*input) * ElementsOfOneOutput(WeightAt(op, 1));
}

Count GeneralConvolution(const OpCall& op) {
  return BoolAt(op, 6) ? TransposedConvolution(op) : Convolution(op);
}

Count ConvolutionTbc(const OpCall& op) {
  const TensorSpec* weight = TensorAt(op, 1);
  if (weight == nullptr || weight->shape.size() != 3 || op.outputs.empty()) {
    return Count::Unknown();
  }
  return Elements(op.outputs[0]) * weight->shape[0] * weight->shape[1];
}

Count AddBmm(const OpCall& op) {
  const TensorSpec* a = TensorAt(op, 1);
  const TensorSpec* b = TensorAt(op, 2);
  if (a == nullptr || b == nullptr || b->shape.size() != 3) {
    return Count::Unknown();
  }
  return Elements(*a) * b->shape[2];
}

Count Bilinear(const OpCall& op) {
  if (op.outputs.empty()) return Count::Unknown();
  return Elements(op.outputs[0]) * ElementsOfOneOutput(TensorAt(op, 2));
}

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

Count NativeMultiHead(const OpCall& op) {
  const TensorSpec* q = TensorAt(op, 0);
  const TensorSpec* k = TensorAt(op, 1);
  if (q == nullptr || k == nullptr || q->shape.empty()) return Count::Unknown();
  return MultiHead(*q, *k, q->shape.back());
}

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
  bool has_matrix = false;
  for (const TensorSpec& weight : *weights) {
    if (weight.shape.size() != 2) continue;
    per_token += Elements(weight);
    has_matrix = true;
  }
  // Without one the list is the hidden states, and the weights are hidden too.
  return has_matrix ? LeadingElements(*input, 1) * per_token : Count::Unknown();
}

Count RecurrentCell(const OpCall& op) {
  const TensorSpec* input = TensorAt(op, 0);
  const TensorSpec* weight_ih = WeightAt(op, 2);
  const TensorSpec* weight_hh = WeightAt(op, 3);
  if (input == nullptr || weight_ih == nullptr || weight_hh == nullptr) {
    return Count::Unknown();
  }
  return LeadingElements(*input, 1) *
         (Elements(*weight_ih) + Elements(*weight_hh));
}

}  // namespace strata::metrics
