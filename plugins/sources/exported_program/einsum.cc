#include "plugins/sources/exported_program/einsum.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "core/count.h"

namespace strata::exported_program {
namespace {

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

// Whether the operand has it, and not of size 1, which is broadcast.
bool Has(const Labels& operand, int label) {
  const auto found = operand.find(label);
  return found != operand.end() && found->second != 1;
}

// One pair of operands: what it gives, and the product that it takes, if any.
struct Contraction {
  Labels labels;
  std::optional<InnerProduct> product;
};

// `stays(label)`: it is in the result, or in an operand that is still to come.
// Nothing where sizes overflow.
template <typename StaysIn>
std::optional<Contraction> Contract(const Labels& left, const Labels& right,
                                    DType dtype, const StaysIn& stays) {
  Labels all = left;
  for (const auto& [label, size] : right) {
    int64_t& known = all[label];
    known = std::max(known, size);
  }
  Contraction contraction;
  Count batch = 1, rows = 1, columns = 1, inner = 1;
  bool sums = false;
  for (const auto& [label, size] : all) {
    const bool in_left = Has(left, label);
    const bool in_right = Has(right, label);
    if (stays(label)) {
      contraction.labels[label] = size;
      (in_left && in_right ? batch : in_left ? rows : columns) *= size;
    } else if (in_left && in_right) {
      inner *= size;
      sums = true;
    }  // What only one has is summed before.
  }
  if (!sums) return contraction;
  if (!batch.known() || !rows.known() || !columns.known() || !inner.known()) {
    return std::nullopt;
  }
  contraction.product = BatchedProduct(dtype, *batch.value(), *rows.value(),
                                       *inner.value(), *columns.value());
  return contraction;
}

// Which two come next, the lower first; nothing where the path does not fit.
std::optional<std::pair<size_t, size_t>> NextPair(
    const std::vector<int64_t>* path, size_t step, size_t operands) {
  if (path == nullptr) return std::make_pair(0, 1);
  if (path->size() < 2 * step + 2) return std::nullopt;
  const auto [i, j] = std::minmax((*path)[2 * step], (*path)[2 * step + 1]);
  if (i < 0 || i == j || static_cast<size_t>(j) >= operands) {
    return std::nullopt;
  }
  return std::make_pair(i, j);
}

}  // namespace

std::vector<InnerProduct> EinsumProducts(const OpCall& op) {
  if (op.arguments.size() < 2) return {};
  const auto* equation = std::get_if<std::string>(&op.arguments[0]);
  const auto* tensors = std::get_if<std::vector<TensorSpec>>(&op.arguments[1]);
  if (equation == nullptr || tensors == nullptr) return {};
  const auto* path = op.arguments.size() > 2
                         ? std::get_if<std::vector<int64_t>>(&op.arguments[2])
                         : nullptr;
  if (path != nullptr && path->empty()) path = nullptr;
  absl::string_view left = *equation;
  absl::string_view right;
  const size_t arrow = left.find("->");
  const bool has_arrow = arrow != left.npos;
  if (has_arrow) {
    right = left.substr(arrow + 2);
    left = left.substr(0, arrow);
  }
  const std::vector<absl::string_view> texts = absl::StrSplit(left, ',');
  if (texts.size() != tensors->size() || texts.size() < 2) return {};
  std::vector<Labels> operands(texts.size());
  for (size_t i = 0; i < texts.size(); ++i) {
    if (!ReadOperand(texts[i], (*tensors)[i].shape, operands[i])) return {};
  }
  std::vector<InnerProduct> products;
  for (size_t step = 0; operands.size() > 1; ++step) {
    const auto pair = NextPair(path, step, operands.size());
    if (!pair) return {};
    const Labels first = std::move(operands[pair->first]);
    const Labels second = std::move(operands[pair->second]);
    operands.erase(operands.begin() + pair->second);
    operands.erase(operands.begin() + pair->first);
    auto contraction =
        Contract(first, second, (*tensors)[0].dtype, [&](int label) {
          return Stays(left, has_arrow ? &right : nullptr, label) ||
                 absl::c_any_of(operands, [&](const Labels& operand) {
                   return Has(operand, label);
                 });
        });
    if (!contraction) return {};
    if (contraction->product) {
      products.push_back(*std::move(contraction->product));
    }
    operands.push_back(std::move(contraction->labels));
  }
  return products;
}

}  // namespace strata::exported_program
