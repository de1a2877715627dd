#include "plugins/sources/exported_program/composites.h"

#include <cstdint>
#include <utility>
#include <variant>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "core/count.h"
#include "plugins/sources/exported_program/einsum.h"

namespace strata::exported_program {
namespace {

TensorSpec Plain(DType dtype, Shape shape) {
  TensorSpec spec;
  spec.dtype = dtype;
  spec.shape = std::move(shape);
  return spec;
}

const TensorSpec* TensorAt(const OpCall& op, size_t place) {
  return place < op.arguments.size()
             ? std::get_if<TensorSpec>(&op.arguments[place])
             : nullptr;
}

// tensordot(self, other, dims_self, dims_other): one matrix product.
std::vector<InnerProduct> Tensordot(const OpCall& op) {
  const TensorSpec* left = TensorAt(op, 0);
  const TensorSpec* right = TensorAt(op, 1);
  if (left == nullptr || right == nullptr || op.arguments.size() < 4) return {};
  const auto* dims = std::get_if<std::vector<int64_t>>(&op.arguments[2]);
  if (dims == nullptr) return {};
  const auto rank = static_cast<int64_t>(left->shape.size());
  Count inner = 1;
  for (int64_t dim : *dims) {
    if (dim < 0) dim += rank;
    if (dim < 0 || dim >= rank) return {};
    inner *= left->shape[dim];
  }
  const Count in_left = Product(left->shape);
  const Count in_right = Product(right->shape);
  if (!inner.known() || inner == Count(0) || !in_left.known() ||
      !in_right.known()) {
    return {};
  }
  const int64_t k = *inner.value();
  return {BatchedProduct(left->dtype, 1, *in_left.value() / k, k,
                         *in_right.value() / k)};
}

// A cell(input, state, weight_ih, weight_hh, …): each weight is applied once.
std::vector<InnerProduct> Cell(const OpCall& op) {
  const TensorSpec* input = TensorAt(op, 0);
  const TensorSpec* state = TensorAt(op, 1);
  if (state == nullptr && op.arguments.size() > 1) {
    const auto* states = std::get_if<std::vector<TensorSpec>>(&op.arguments[1]);
    if (states != nullptr && !states->empty()) state = &states->front();
  }
  const TensorSpec* weights[] = {TensorAt(op, 2), TensorAt(op, 3)};
  if (input == nullptr || state == nullptr) return {};
  std::vector<InnerProduct> products;
  for (int i = 0; i < 2; ++i) {
    const TensorSpec* from = i == 0 ? input : state;
    const TensorSpec* weight = weights[i];
    if (weight == nullptr || weight->shape.size() != 2 || from->shape.empty()) {
      return {};
    }
    Shape shape = from->shape;
    shape.back() = weight->shape[0];
    products.push_back({"aten::linear",
                        {*from, *weight},
                        {Plain(from->dtype, std::move(shape))}});
  }
  return products;
}

}  // namespace

InnerProduct BatchedProduct(DType dtype, int64_t batch, int64_t rows,
                            int64_t inner, int64_t columns) {
  return {"aten::bmm",
          {Plain(dtype, {batch, rows, inner}),
           Plain(dtype, {batch, inner, columns})},
          {Plain(dtype, {batch, rows, columns})}};
}

std::vector<InnerProduct> InnerProducts(const OpCall& op) {
  using Expand = std::vector<InnerProduct> (*)(const OpCall&);
  static const auto* const table =
      new absl::flat_hash_map<absl::string_view, Expand>({
          {"aten::einsum", EinsumProducts},
          {"aten::gru_cell", Cell},
          {"aten::lstm_cell", Cell},
          {"aten::rnn_relu_cell", Cell},
          {"aten::rnn_tanh_cell", Cell},
          {"aten::tensordot", Tensordot},
      });
  const auto found = table->find(op.name);
  return found == table->end() ? std::vector<InnerProduct>()
                               : found->second(op);
}

}  // namespace strata::exported_program
