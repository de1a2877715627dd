// A metric without a fault, for plugins that have one of their own.

#ifndef STRATA_TESTS_BAD_PLUGINS_GOOD_METRIC_H_
#define STRATA_TESTS_BAD_PLUGINS_GOOD_METRIC_H_

#include <vector>

#include "core/plugin.h"

namespace strata {

class GoodMetric : public Metric {
 public:
  std::vector<MetricColumn> columns() const override {
    return {{"bad", "Bad", "", Aggregation::kSum}};
  }
  MetricNeeds needs() const override { return MetricNeeds::kOperators; }
  absl::Status Collect(const ModuleTree& tree,
                       MetricResults& results) override {
    for (int i = 0; i < tree.size(); ++i) results.SetSelf(0, i, 1);
    return absl::OkStatus();
  }
};

}  // namespace strata

#endif  // STRATA_TESTS_BAD_PLUGINS_GOOD_METRIC_H_
