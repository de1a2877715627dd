#include "plugins/sources/exported_program/tensor_specs.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/count.h"

namespace strata::exported_program {

absl::Status TensorSpecs::SetDimensions(absl::Span<const int64_t> sizes) {
  const Expressions& expressions = program_.expressions;
  bool as_exported = true;
  for (const Dimension& dimension : program_.dimensions) {
    as_exported &= sizes[dimension.symbol] == dimension.hint;
  }
  // What the file says of an expression that is not understood.
  std::vector<std::optional<int64_t>> hints(expressions.size());
  for (const Size& size : program_.sizes) {
    if (size.expression != kNone && size.has_hint) {
      hints[size.expression] = size.hint;
    }
  }
  by_expression_.assign(expressions.size(), 0);
  for (int i = 0; i < expressions.size(); ++i) {
    std::optional<int64_t> value = expressions.Evaluate(i, sizes);
    if (!value && as_exported) value = hints[i];
    if (!value) {
      return absl::UnimplementedError(
          "a size of it cannot be worked out for these sizes");
    }
    by_expression_[i] = *value;
  }
  return absl::OkStatus();
}

TensorSpec TensorSpecs::Spec(Id value) const {
  const Value& described = program_.values[value];
  TensorSpec spec;
  spec.dtype = described.dtype;
  for (uint32_t i = described.sizes.begin; i < described.sizes.end; ++i) {
    spec.shape.push_back(std::max<int64_t>(0, SizeAt(program_.sizes[i])));
  }
  spec.storage = storages_[canonical_[value]];
  spec.storage_bytes = spec.NumBytes().value_or(0);
  return spec;
}

int64_t TensorSpecs::IntegerAt(int64_t number, Id value) const {
  if (value == kNone) return number;
  const Range sizes = program_.values[value].sizes;
  return sizes.size() == 1 ? SizeAt(program_.sizes[sizes.begin]) : 0;
}

void TensorSpecs::Arguments(const Node& node,
                            std::vector<OpArgument>& arguments) const {
  arguments.clear();
  for (uint32_t i = node.arguments.begin; i < node.arguments.end; ++i) {
    const Argument& argument = program_.arguments[i];
    switch (argument.kind) {
      case Argument::Kind::kTensor:
        arguments.emplace_back(Spec(argument.id));
        break;
      case Argument::Kind::kTensors: {
        std::vector<TensorSpec> list;
        for (uint32_t j = argument.list.begin; j < argument.list.end; ++j) {
          if (program_.ids[j] != kNone) list.push_back(Spec(program_.ids[j]));
        }
        arguments.emplace_back(std::move(list));
        break;
      }
      case Argument::Kind::kInteger:
        arguments.emplace_back(IntegerAt(argument.integer, argument.value));
        break;
      case Argument::Kind::kIntegers: {
        std::vector<int64_t> list;
        for (uint32_t j = argument.list.begin; j < argument.list.end; ++j) {
          const Integer& integer = program_.integers[j];
          list.push_back(IntegerAt(integer.number, integer.value));
        }
        arguments.emplace_back(std::move(list));
        break;
      }
      case Argument::Kind::kReal:
        arguments.emplace_back(argument.real);
        break;
      case Argument::Kind::kBool:
        arguments.emplace_back(argument.integer != 0);
        break;
      case Argument::Kind::kText:
        arguments.emplace_back(program_.texts[argument.id]);
        break;
      default:
        arguments.emplace_back(std::monostate());
        break;
    }
  }
}

void TensorSpecs::Outputs(const Node& node,
                          std::vector<TensorSpec>& outputs) const {
  outputs.clear();
  for (uint32_t i = node.outputs.begin; i < node.outputs.end; ++i) {
    const Id value = program_.ids[i];
    if (program_.values[value].is_tensor) outputs.push_back(Spec(value));
  }
}

}  // namespace strata::exported_program
