#include "plugins/sources/torch_module/values.h"

#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "plugins/sources/torch_module/layer_classes.h"

namespace strata::torch_module {
namespace {

using Key = std::tuple<uint64_t, int64_t, DType, Shape>;

Key KeyOf(const TensorSpec& tensor) {
  return {tensor.storage, tensor.storage_offset, tensor.dtype, tensor.shape};
}

}  // namespace

Values::Values(const std::vector<const RecordedOperator*>& operators,
               absl::Span<const TensorSpec> inputs,
               absl::Span<const TensorSpec> outputs, const IsOwned& is_owned) {
  struct Made {
    int maker;
    int value;
  };
  absl::flat_hash_map<Key, Made> made;
  for (const TensorSpec& input : inputs) {
    if (input.storage == 0 || is_owned(input)) continue;
    if (made.try_emplace(KeyOf(input), Made{kModelInput, size_}).second) {
      ++size_;
    }
  }
  const auto find = [&](const TensorSpec& tensor) {
    ValueUse use{&tensor};
    const auto found = made.find(KeyOf(tensor));
    if (tensor.storage == 0 || found == made.end()) return use;
    use.maker = found->second.maker;
    use.value = found->second.value;
    return use;
  };
  uses_.resize(operators.size());
  for (size_t i = 0; i < operators.size(); ++i) {
    const RecordedOperator& op = *operators[i];
    for (const TensorSpec* tensor : TensorsIn(op.arguments)) {
      const ValueUse use = find(*tensor);
      if (use.maker != kNotOfTheRun) uses_[i].push_back(use);
    }
    const bool writes = WorksInPlace(op.name) || op.overload == "out";
    for (const TensorSpec& output : op.outputs) {
      if (output.storage == 0 || is_owned(output)) continue;
      bool is_old = false;  // What it was given, as a dropout in eval mode.
      for (const ValueUse& use : uses_[i]) {
        is_old |= !writes && KeyOf(*use.tensor) == KeyOf(output);
      }
      if (!is_old) made[KeyOf(output)] = {static_cast<int>(i), size_++};
    }
  }
  for (const TensorSpec& output : outputs) {
    const ValueUse use = find(output);
    if (use.maker != kNotOfTheRun) returned_.push_back(use);
  }
}

}  // namespace strata::torch_module
