// The metric `params`: how many parameters, and their bytes.

#ifndef STRATA_PLUGINS_METRICS_PARAMS_PARAMS_H_
#define STRATA_PLUGINS_METRICS_PARAMS_PARAMS_H_

#include <vector>

#include "core/metric.h"

namespace strata::metrics {

// Elements of parameters, each tensor once however many modules hold it.
//   self:  the tensors that the module is the first to hold;
//   total: the distinct tensors of its subtree (so that a module that shares
//          all it has still shows what it uses), hence no sum of `self`.
// Model totals: params, trainable_params, non_trainable_params, param_bytes,
// buffer_bytes.
class ParamsMetric : public Metric {
 public:
  std::vector<MetricColumn> columns() const override;
  MetricNeeds needs() const override { return MetricNeeds::kStructure; }
  absl::Status Collect(const ModuleTree& tree, MetricResults& results) override;
};

}  // namespace strata::metrics

#endif  // STRATA_PLUGINS_METRICS_PARAMS_PARAMS_H_
