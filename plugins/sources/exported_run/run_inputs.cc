#include "plugins/sources/exported_run/run_inputs.h"

#include <ATen/core/ivalue_inl.h>

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "plugins/sources/exported_program/input_dimensions.h"
#include "plugins/sources/exported_program/tensor_specs.h"
#include "plugins/sources/libtorch/made_inputs.h"
#include "plugins/sources/libtorch/saved_inputs.h"
#include "plugins/sources/libtorch/value_specs.h"

namespace strata::exported_run {
namespace {

using exported_program::TensorSpecs;

// The tensors of a dict in the order of the program's inputs.
absl::StatusOr<std::vector<at::Tensor>> ByName(const Program& program,
                                               const c10::IValue& dict) {
  std::vector<at::Tensor> tensors(program.user_input_names.size());
  const std::string takes = absl::StrCat(
      "its forward takes ", absl::StrJoin(program.user_input_names, ", "));
  for (const auto& entry : dict.toGenericDict()) {
    size_t place = 0;
    const std::string name =
        entry.key().isString() ? entry.key().toStringRef() : std::string();
    while (place < tensors.size() && program.user_input_names[place] != name) {
      ++place;
    }
    if (place == tensors.size() || !entry.value().isTensor()) {
      return absl::InvalidArgumentError(
          absl::StrCat(takes, ", all tensors, and the inputs have '", name,
                       entry.value().isTensor() ? "'" : "', which is none"));
    }
    tensors[place] = entry.value().toTensor();
  }
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (tensors[i].defined()) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        takes, ", and the inputs have no '", program.user_input_names[i], "'"));
  }
  return tensors;
}

// All tensors in a value, in order.
std::vector<at::Tensor> Flattened(const c10::IValue& value) {
  std::vector<at::Tensor> tensors;
  std::vector<c10::IValue> stack = {value};
  while (!stack.empty()) {
    const c10::IValue next = std::move(stack.back());
    stack.pop_back();
    std::vector<c10::IValue> inside;
    if (next.isTensor()) {
      tensors.push_back(next.toTensor());
    } else if (next.isTuple()) {
      inside = next.toTupleRef().elements().vec();
    } else if (next.isList()) {
      inside = next.toListRef().vec();
    } else if (next.isGenericDict()) {
      for (const auto& entry : next.toGenericDict()) {
        inside.push_back(entry.value());
      }
    }
    stack.insert(stack.end(), inside.rbegin(), inside.rend());
  }
  return tensors;
}

absl::StatusOr<std::vector<at::Tensor>> Saved(const Program& program,
                                              const std::string& file) {
  absl::StatusOr<c10::IValue> value = libtorch::ReadInputs(file);
  if (!value.ok()) return value.status();
  if (value->isGenericDict()) return ByName(program, *value);
  return Flattened(*value);
}

}  // namespace

absl::StatusOr<RunInputs> MakeRunInputs(const Program& program,
                                        const RunOptions& options,
                                        c10::Device device) {
  RunOptions asked = options;
  std::vector<at::Tensor> tensors;
  if (!options.inputs_file.empty()) {
    absl::StatusOr<std::vector<at::Tensor>> saved =
        Saved(program, options.inputs_file);
    if (!saved.ok()) return saved.status();
    tensors = *std::move(saved);
    asked.inputs.clear();
    for (const at::Tensor& tensor : tensors) {
      const TensorSpec spec = libtorch::SpecOf(tensor);
      asked.inputs.push_back({spec.shape, spec.dtype});
    }
    if (tensors.empty() && !program.user_inputs.empty()) {
      return absl::InvalidArgumentError("the file of inputs has no tensor");
    }
  }
  absl::StatusOr<std::vector<int64_t>> dimensions =
      exported_program::DimensionsFor(program, asked);
  if (!dimensions.ok()) return dimensions.status();
  // By itself: nothing of it is another's memory.
  std::vector<Id> canonical(program.values.size());
  for (size_t i = 0; i < canonical.size(); ++i) {
    canonical[i] = static_cast<Id>(i);
  }
  const std::vector<uint64_t> storages(program.values.size(), 0);
  TensorSpecs specs(program, canonical, storages);
  const absl::Status set = specs.SetDimensions(*dimensions);
  if (!set.ok()) return set;

  RunInputs made;
  const at::Generator generator = libtorch::InputGenerator();
  for (size_t i = 0; i < program.user_inputs.size(); ++i) {
    const Id value = program.user_inputs[i];
    if (tensors.size() <= i) {
      const TensorSpec spec = specs.Spec(value);
      absl::StatusOr<at::Tensor> tensor =
          libtorch::MakeInput({spec.shape, spec.dtype}, generator, false);
      if (!tensor.ok()) return tensor.status();
      tensors.push_back(*std::move(tensor));
    }
    made.inputs.push_back({value, tensors[i].to(device)});
  }
  const Range inputs = program.graphs[0].inputs;
  for (uint32_t i = inputs.begin; i < inputs.end; ++i) {
    const Id value = program.ids[i];
    if (value == kNone || program.values[value].is_tensor) continue;
    const Range size = program.values[value].sizes;
    if (size.size() != 1) continue;
    made.inputs.push_back(
        {value, c10::IValue(specs.SizeAt(program.sizes[size.begin]))});
  }
  made.dimensions = *std::move(dimensions);
  return made;
}

}  // namespace strata::exported_run
