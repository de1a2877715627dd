#include "plugins/metrics/params/params.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "core/distinct_tensors.h"
#include "core/held_amounts.h"

namespace strata::metrics {
namespace {

Count ElementsOf(const TensorSpec& tensor) {
  const std::optional<int64_t> elements = tensor.NumElements();
  return elements ? Count(*elements) : Count::Unknown();
}

Count SumOf(const std::vector<HeldAmount>& amounts) {
  Count sum = 0;
  for (const HeldAmount& held : amounts) sum += held.amount;
  return sum;
}

}  // namespace

std::vector<MetricColumn> ParamsMetric::columns() const {
  return {{"params", "Params", "", Aggregation::kMetric}};
}

absl::Status ParamsMetric::Collect(const ModuleTree& tree,
                                   MetricResults& results) {
  const std::vector<DistinctTensor> parameters =
      FindDistinctTensors(tree, &Module::parameters);
  // One module's unknown parameters make every figure of the model unknown.
  const bool all_known =
      std::all_of(tree.modules.begin(), tree.modules.end(),
                  [](const Module& module) { return module.parameters_known; });
  Count all = all_known ? Count(0) : Count::Unknown();
  Count trainable = all;
  Count frozen = all;
  const Count bytes = all + SumOf(HeldBytes(parameters));
  std::vector<HeldAmount> elements;
  elements.reserve(parameters.size());
  for (const DistinctTensor& parameter : parameters) {
    elements.push_back({ElementsOf(parameter.info->tensor), parameter.holders});
    all += elements.back().amount;
    (parameter.info->trainable ? trainable : frozen) += elements.back().amount;
  }
  const std::vector<Count> self = FirstHeld(elements, OfUnlisted(tree));
  const std::vector<Count> total =
      SubtreeHeld(tree, elements, OfUnlisted(tree));
  for (int i = 0; i < tree.size(); ++i) {
    results.SetSelf(0, i, self[i]);
    results.SetTotal(0, i, total[i]);
  }
  results.SetModelTotal("params", all);
  results.SetModelTotal("trainable_params", trainable);
  results.SetModelTotal("non_trainable_params", frozen);
  results.SetModelTotal("param_bytes", bytes);
  results.SetModelTotal("buffer_bytes",
                        SumOf(HeldBytes(tree, &Module::buffers)));
  return absl::OkStatus();
}

}  // namespace strata::metrics
