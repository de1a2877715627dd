#include "plugins/sources/exported_program/composites.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <utility>
#include <variant>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"
#include "core/count.h"

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

// [batch, rows, inner] by [batch, inner, columns].
InnerProduct BatchedProduct(DType dtype, int64_t batch, int64_t rows,
                            int64_t inner, int64_t columns) {
  return {"aten::bmm",
          {Plain(dtype, {batch, rows, inner}),
           Plain(dtype, {batch, inner, columns})},
          {Plain(dtype, {batch, rows, columns})}};
}

// Labels of one operand with their sizes; those of "..." count from the right.
using Labels = std::map<int, int64_t>;
constexpr int kFirstOfEllipsis = 1000;

bool ReadOperand(absl::string_view text, const Shape& shape, Labels& labels) {
  const size_t letters = static_cast<size_t>(
      std::count_if(text.begin(), text.end(), absl::ascii_isalpha));
  const bool has_rest = text.find("...") != text.npos;
  if (letters > shape.size() || (!has_rest && letters < shape.size())) {
    return false;
  }
  const size_t rest = shape.size() - letters;
  size_t place = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (absl::ascii_isalpha(text[i])) {
      labels[static_cast<unsigned char>(text[i])] = shape[place++];
    } else if (text[i] == '.') {
      if (text.substr(i, 3) != "...") return false;
      for (size_t j = 0; j < rest; ++j) {
        labels[kFirstOfEllipsis + static_cast<int>(rest - j)] = shape[place++];
      }
      i += 2;
    }
  }
  return place == shape.size();
}

// What stays: what is named after the arrow, or, without one, what stands in
// one of the operands once.
bool Stays(absl::string_view left, const absl::string_view* right, int label) {
  if (right != nullptr) {
    return label >= kFirstOfEllipsis
               ? right->find("...") != right->npos
               : right->find(static_cast<char>(label)) != right->npos;
  }
  return label >= kFirstOfEllipsis ||
         std::count(left.begin(), left.end(), static_cast<char>(label)) == 1;
}

// einsum(equation, tensors): a product of two operands is one batched matrix
// product, or element by element where nothing is summed.
std::vector<InnerProduct> Einsum(const OpCall& op) {
  if (op.arguments.size() < 2) return {};
  const auto* equation = std::get_if<std::string>(&op.arguments[0]);
  const auto* tensors = std::get_if<std::vector<TensorSpec>>(&op.arguments[1]);
  if (equation == nullptr || tensors == nullptr || tensors->size() != 2) {
    return {};
  }
  absl::string_view left = *equation;
  absl::string_view right;
  const size_t arrow = left.find("->");
  const bool has_arrow = arrow != left.npos;
  if (has_arrow) {
    right = left.substr(arrow + 2);
    left = left.substr(0, arrow);
  }
  const size_t comma = left.find(',');
  if (comma == left.npos) return {};
  std::array<Labels, 2> labels;
  if (!ReadOperand(left.substr(0, comma), (*tensors)[0].shape, labels[0]) ||
      !ReadOperand(left.substr(comma + 1), (*tensors)[1].shape, labels[1])) {
    return {};
  }
  Labels all = labels[0];
  for (const auto& [label, size] : labels[1]) {
    int64_t& known = all[label];
    known = std::max(known, size);
  }
  Count batch = 1, rows = 1, columns = 1, inner = 1;
  bool sums = false;
  for (const auto& [label, size] : all) {
    // A size of 1 is broadcast.
    const auto in = [&, label = label](const Labels& of) {
      const auto found = of.find(label);
      return found != of.end() && found->second != 1;
    };
    const bool in_left = in(labels[0]);
    const bool in_right = in(labels[1]);
    if (Stays(left, has_arrow ? &right : nullptr, label)) {
      (in_left && in_right ? batch : in_left ? rows : columns) *= size;
    } else if (in_left && in_right) {
      inner *= size;
      sums = true;
    }  // What only one has is summed before.
  }
  const DType dtype = (*tensors)[0].dtype;
  if (!sums || !batch.known() || !rows.known() || !columns.known() ||
      !inner.known()) {
    return {};
  }
  return {BatchedProduct(dtype, *batch.value(), *rows.value(), *inner.value(),
                         *columns.value())};
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

std::vector<InnerProduct> InnerProducts(const OpCall& op) {
  using Expand = std::vector<InnerProduct> (*)(const OpCall&);
  static const auto* const table =
      new absl::flat_hash_map<absl::string_view, Expand>({
          {"aten::einsum", Einsum},
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
