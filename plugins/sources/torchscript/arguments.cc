// Makes the arguments of a run.

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/zeros.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/error.h"
#include "plugins/sources/torchscript/torchscript_model.h"
#include "plugins/sources/torchscript/value_specs.h"

namespace strata::torchscript {
namespace {

absl::StatusOr<at::Tensor> MakeTensor(const InputSpec& spec,
                                      const at::Generator& generator) {
  const std::optional<at::ScalarType> type = ScalarTypeOf(spec.dtype);
  if (!type || at::isQIntType(*type)) {
    return absl::InvalidArgumentError(
        absl::StrCat("no input can be made of dtype ", DTypeName(spec.dtype)));
  }
  const at::IntArrayRef sizes(spec.shape.data(), spec.shape.size());
  const bool is_float8 = *type == at::ScalarType::Float8_e4m3fn ||
                         *type == at::ScalarType::Float8_e5m2;
  try {
    if (!IsFloatingPoint(spec.dtype) || is_float8) {
      return at::zeros(sizes, *type);
    }
    return at::rand(sizes, generator, *type);
  } catch (const std::exception& e) {
    return absl::InternalError(absl::StrCat(
        "an input of ", ShapeText(spec.shape), " ", DTypeName(spec.dtype),
        " cannot be made: ", FirstCause(e.what())));
  }
}

// "2 inputs (x: Tensor, y: Tensor = None)"
std::string Takes(const std::vector<c10::Argument>& arguments) {
  std::vector<std::string> texts;
  for (size_t i = 1; i < arguments.size(); ++i) {
    texts.push_back(absl::StrCat(
        arguments[i].name(), ": ", arguments[i].type()->annotation_str(),
        arguments[i].default_value() ? " = default" : ""));
  }
  return absl::StrCat(texts.size(),
                      texts.size() == 1 ? " input (" : " inputs (",
                      absl::StrJoin(texts, ", "), ")");
}

// One argument from one spec: a tensor, or the scalar that forward asks for.
absl::StatusOr<c10::IValue> MakeArgument(const c10::Argument& argument,
                                         const InputSpec& spec,
                                         const at::Generator& generator) {
  c10::TypePtr type = argument.type();
  if (const auto optional = type->cast<c10::OptionalType>()) {
    type = optional->getElementType();
  }
  if (spec.shape.empty()) {
    if (type->kind() == c10::TypeKind::BoolType) return c10::IValue(false);
    if (type->kind() == c10::TypeKind::IntType) return c10::IValue(0);
    if (type->kind() == c10::TypeKind::FloatType) return c10::IValue(0.0);
  }
  absl::StatusOr<at::Tensor> tensor = MakeTensor(spec, generator);
  if (!tensor.ok()) return tensor.status();
  const auto list = type->cast<c10::ListType>();
  if (list && list->getElementType()->kind() == c10::TypeKind::TensorType) {
    return c10::IValue(c10::List<at::Tensor>({*tensor}));
  }
  if (!c10::TensorType::get()->isSubtypeOf(*type)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "forward's argument '", argument.name(), "' is a ",
        type->annotation_str(), ", and an input size stands for a tensor",
        spec.shape.empty() ? "" : " (write () for a scalar)"));
  }
  return c10::IValue(*tensor);
}

}  // namespace

absl::StatusOr<std::vector<c10::IValue>> MakeArguments(
    const torch::jit::Module& module, const std::vector<InputSpec>& inputs) {
  const auto forward = module.find_method("forward");
  if (!forward) {
    return absl::InvalidArgumentError("it has no method 'forward' to run");
  }
  const std::vector<c10::Argument>& arguments =
      forward->function().getSchema().arguments();
  size_t required = 0;
  for (size_t i = 1; i < arguments.size(); ++i) {
    if (!arguments[i].default_value()) required = i;
  }
  if (inputs.size() < required || inputs.size() + 1 > arguments.size()) {
    return WithHint(
        absl::InvalidArgumentError(absl::StrCat(
            "forward takes ", Takes(arguments), ", and ", inputs.size(),
            inputs.size() == 1 ? " was given" : " were given")),
        "give one shape for each, with commas between: "
        "--input_size=1x3x224x224,1x10:int64");
  }
  // A generator of our own: the same figures each time, and the process's
  // random numbers are left alone.
  const at::Generator generator = at::detail::createCPUGenerator(0);
  std::vector<c10::IValue> values;
  for (size_t i = 0; i < inputs.size(); ++i) {
    absl::StatusOr<c10::IValue> value =
        MakeArgument(arguments[i + 1], inputs[i], generator);
    if (!value.ok()) return value.status();
    values.push_back(*std::move(value));
  }
  return values;
}

}  // namespace strata::torchscript
