#include "plugins/metrics/params/params.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "core/distinct_tensors.h"

namespace strata::metrics {
namespace {

Count ElementsOf(const TensorSpec& tensor) {
  const std::optional<int64_t> elements = tensor.NumElements();
  return elements ? Count(*elements) : Count::Unknown();
}

Count BytesOf(const std::vector<DistinctTensor>& tensors) {
  Count bytes = 0;
  for (const DistinctTensor& tensor : tensors) {
    const std::optional<int64_t> known = tensor.info->tensor.NumBytes();
    bytes += known ? Count(*known) : Count::Unknown();
  }
  return bytes;
}

// Unknown where a module has parameters that are not listed, else 0.
std::vector<Count> OfUnlisted(const ModuleTree& tree) {
  std::vector<Count> counts(tree.size(), 0);
  for (int i = 0; i < tree.size(); ++i) {
    if (!tree.modules[i].parameters_known) counts[i] = Count::Unknown();
  }
  return counts;
}

// Each module's distinct elements: what its subtree holds, less what two
// holders in it have in common. A tensor held by a and then by b counts twice
// from their common ancestor upward, so there it is taken off again. Linear,
// but for the way up from each shared tensor.
std::vector<Count> DistinctTotals(const ModuleTree& tree,
                                  const std::vector<DistinctTensor>& tensors) {
  std::vector<Count> held = OfUnlisted(tree);
  std::vector<Count> repeated(tree.size(), 0);
  for (const DistinctTensor& tensor : tensors) {
    const Count elements = ElementsOf(tensor.info->tensor);
    for (size_t i = 0; i < tensor.holders.size(); ++i) {
      held[tensor.holders[i]] += elements;
      if (i == 0) continue;
      repeated[CommonAncestor(tree, tensor.holders[i - 1],
                              tensor.holders[i])] += elements;
    }
  }
  for (int i = tree.size() - 1; i > 0; --i) {
    held[tree.modules[i].parent] += held[i];
    repeated[tree.modules[i].parent] += repeated[i];
  }
  for (int i = 0; i < tree.size(); ++i) {
    held[i] = held[i].known() && repeated[i].known()
                  ? Count(*held[i].value() - *repeated[i].value())
                  : Count::Unknown();
  }
  return held;
}

}  // namespace

std::vector<MetricColumn> ParamsMetric::columns() const {
  return {{"params", "Params", "", Aggregation::kMetric}};
}

absl::Status ParamsMetric::Collect(const ModuleTree& tree,
                                   MetricResults& results) {
  const std::vector<DistinctTensor> parameters =
      FindDistinctTensors(tree, &Module::parameters);
  std::vector<Count> self = OfUnlisted(tree);
  // One module's unknown parameters make every figure of the model unknown.
  const bool all_known =
      std::all_of(tree.modules.begin(), tree.modules.end(),
                  [](const Module& module) { return module.parameters_known; });
  Count all = all_known ? Count(0) : Count::Unknown();
  Count trainable = all;
  Count frozen = all;
  Count bytes = all;
  for (const DistinctTensor& parameter : parameters) {
    const Count elements = ElementsOf(parameter.info->tensor);
    self[parameter.holders[0]] += elements;
    all += elements;
    (parameter.info->trainable ? trainable : frozen) += elements;
  }
  const std::vector<Count> total = DistinctTotals(tree, parameters);
  for (int i = 0; i < tree.size(); ++i) {
    results.SetSelf(0, i, self[i]);
    results.SetTotal(0, i, total[i]);
  }
  results.SetModelTotal("params", all);
  results.SetModelTotal("trainable_params", trainable);
  results.SetModelTotal("non_trainable_params", frozen);
  results.SetModelTotal("param_bytes", bytes + BytesOf(parameters));
  results.SetModelTotal("buffer_bytes",
                        BytesOf(FindDistinctTensors(tree, &Module::buffers)));
  return absl::OkStatus();
}

}  // namespace strata::metrics
