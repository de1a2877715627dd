// Makes the arguments of a run.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "core/error.h"
#include "plugins/sources/libtorch/made_inputs.h"
#include "plugins/sources/libtorch/saved_inputs.h"
#include "plugins/sources/torchscript/torchscript_model.h"

namespace strata::torchscript {
namespace {

// "2 inputs (x: Tensor, y: Tensor = None)"
std::string Takes(absl::Span<const c10::Argument> parameters) {
  std::vector<std::string> texts;
  for (const c10::Argument& parameter : parameters) {
    texts.push_back(
        absl::StrCat(parameter.name(), ": ", parameter.type()->annotation_str(),
                     parameter.default_value() ? " = default" : ""));
  }
  return absl::StrCat(texts.size(),
                      texts.size() == 1 ? " input (" : " inputs (",
                      absl::StrJoin(texts, ", "), ")");
}

std::vector<c10::IValue> Elements(const c10::IValue& list_or_tuple) {
  if (list_or_tuple.isTuple()) {
    return list_or_tuple.toTupleRef().elements().vec();
  }
  return list_or_tuple.toListRef().vec();
}

// What forward takes, apart from the module itself.
absl::Span<const c10::Argument> ParametersOf(const torch::jit::Method& method) {
  return absl::MakeConstSpan(method.function().getSchema().arguments())
      .subspan(1);
}

int Required(absl::Span<const c10::Argument> parameters) {
  int required = 0;
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (!parameters[i].default_value()) required = static_cast<int>(i) + 1;
  }
  return required;
}

// One argument from one spec: a tensor, or the scalar that forward asks for.
absl::StatusOr<c10::IValue> MakeArgument(const c10::Argument& argument,
                                         const InputSpec& spec,
                                         const at::Generator& generator,
                                         bool shapes_only) {
  c10::TypePtr type = argument.type();
  if (const auto optional = type->cast<c10::OptionalType>()) {
    type = optional->getElementType();
  }
  if (spec.shape.empty()) {
    if (type->kind() == c10::TypeKind::BoolType) return c10::IValue(false);
    if (type->kind() == c10::TypeKind::IntType) return c10::IValue(0);
    if (type->kind() == c10::TypeKind::FloatType) return c10::IValue(0.0);
  }
  absl::StatusOr<at::Tensor> tensor =
      libtorch::MakeInput(spec, generator, shapes_only);
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

absl::StatusOr<Arguments> FromSizes(absl::Span<const c10::Argument> parameters,
                                    const std::vector<InputSpec>& inputs,
                                    bool shapes_only) {
  if (inputs.size() < static_cast<size_t>(Required(parameters)) ||
      inputs.size() > parameters.size()) {
    return WithHint(
        absl::InvalidArgumentError(absl::StrCat(
            "forward takes ", Takes(parameters), ", and ", inputs.size(),
            inputs.size() == 1 ? " was given" : " were given")),
        "give one shape for each, with commas between: "
        "--input_size=1x3x224x224,1x10:int64");
  }
  const at::Generator generator = libtorch::InputGenerator();
  Arguments arguments;
  for (size_t i = 0; i < inputs.size(); ++i) {
    absl::StatusOr<c10::IValue> value =
        MakeArgument(parameters[i], inputs[i], generator, shapes_only);
    if (!value.ok()) return value.status();
    arguments.positional.push_back(*std::move(value));
  }
  return arguments;
}

// A value as the type wants it: in a file, lists and dicts are of anything.
c10::IValue Fit(const c10::IValue& value, const c10::TypePtr& type) {
  if (const auto optional = type->cast<c10::OptionalType>()) {
    return value.isNone() ? value : Fit(value, optional->getElementType());
  }
  const auto list = type->cast<c10::ListType>();
  if (list && (value.isList() || value.isTuple())) {
    c10::impl::GenericList fitted(list->getElementType());
    for (const c10::IValue& element : Elements(value)) {
      fitted.push_back(Fit(element, list->getElementType()));
    }
    return fitted;
  }
  const auto tuple = type->cast<c10::TupleType>();
  if (tuple && value.isTuple() &&
      value.toTupleRef().elements().size() == tuple->elements().size()) {
    std::vector<c10::IValue> fitted;
    for (size_t i = 0; i < tuple->elements().size(); ++i) {
      fitted.push_back(
          Fit(value.toTupleRef().elements()[i], tuple->elements()[i]));
    }
    return c10::ivalue::Tuple::create(std::move(fitted));
  }
  const auto dict = type->cast<c10::DictType>();
  if (dict && value.isGenericDict()) {
    c10::impl::GenericDict fitted(dict->getKeyType(), dict->getValueType());
    for (const auto& entry : value.toGenericDict()) {
      fitted.insert(entry.key(), Fit(entry.value(), dict->getValueType()));
    }
    return fitted;
  }
  return value;
}

// Does forward want a list, a tuple or a dict as a whole?
bool TakesWhole(absl::Span<const c10::Argument> parameters,
                const c10::IValue& value) {
  if (parameters.empty() || Required(parameters) > 1) return false;
  c10::TypePtr type = parameters[0].type();
  if (const auto optional = type->cast<c10::OptionalType>()) {
    type = optional->getElementType();
  }
  if (value.isGenericDict()) return type->kind() == c10::TypeKind::DictType;
  return type->kind() == c10::TypeKind::ListType ||
         type->kind() == c10::TypeKind::TupleType;
}

absl::StatusOr<Arguments> ByName(absl::Span<const c10::Argument> parameters,
                                 const c10::IValue& dict) {
  Arguments arguments;
  for (const auto& entry : dict.toGenericDict()) {
    const auto parameter = std::find_if(
        parameters.begin(), parameters.end(), [&](const c10::Argument& a) {
          return entry.key().isString() &&
                 a.name() == entry.key().toStringRef();
        });
    if (parameter == parameters.end()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "forward takes ", Takes(parameters), ", and the inputs have ",
          entry.key().isString()
              ? absl::StrCat("'", entry.key().toStringRef(), "'")
              : "a key that is no name"));
    }
    arguments.by_name[parameter->name()] =
        Fit(entry.value(), parameter->type());
  }
  for (const c10::Argument& parameter : parameters) {
    if (parameter.default_value() ||
        arguments.by_name.count(parameter.name()) > 0) {
      continue;
    }
    return absl::InvalidArgumentError(
        absl::StrCat("forward takes ", Takes(parameters),
                     ", and the inputs have no '", parameter.name(), "'"));
  }
  return arguments;
}

absl::StatusOr<Arguments> FromFile(absl::Span<const c10::Argument> parameters,
                                   const std::string& file) {
  absl::StatusOr<c10::IValue> value = libtorch::ReadInputs(file);
  if (!value.ok()) return value.status();
  const bool whole = TakesWhole(parameters, *value);
  if (value->isGenericDict() && !whole) return ByName(parameters, *value);
  std::vector<c10::IValue> values = {*value};
  if ((value->isTuple() || value->isList()) && !whole) {
    values = Elements(*value);
  }
  if (values.size() < static_cast<size_t>(Required(parameters)) ||
      values.size() > parameters.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("forward takes ", Takes(parameters), ", and ", file,
                     " has ", values.size()));
  }
  Arguments arguments;
  for (size_t i = 0; i < values.size(); ++i) {
    arguments.positional.push_back(Fit(values[i], parameters[i].type()));
  }
  return arguments;
}

}  // namespace

absl::StatusOr<Arguments> MakeArguments(const torch::jit::Module& module,
                                        const RunOptions& options,
                                        c10::Device device) {
  const auto forward = module.find_method("forward");
  if (!forward) {
    return absl::InvalidArgumentError("it has no method 'forward' to run");
  }
  const absl::Span<const c10::Argument> parameters = ParametersOf(*forward);
  const bool is_file = !options.inputs_file.empty();
  absl::StatusOr<Arguments> arguments =
      is_file ? FromFile(parameters, options.inputs_file)
              : FromSizes(parameters, options.inputs, device.is_meta());
  // The same values on every device: they are made on the CPU.
  const bool is_there = device.is_cpu() || (device.is_meta() && !is_file);
  if (!arguments.ok() || is_there) return arguments;
  for (c10::IValue& value : arguments->positional) {
    value = value.deepcopy(device);
  }
  for (auto& [name, value] : arguments->by_name) {
    value = value.deepcopy(device);
  }
  return arguments;
}

}  // namespace strata::torchscript
