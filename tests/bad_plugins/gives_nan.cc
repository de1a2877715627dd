// gives what is no number
#include <cmath>

#include "tests/bad_plugins/good_metric.h"

namespace {

class Bad : public strata::GoodMetric {
 public:
  std::vector<strata::MetricColumn> columns() const override {
    strata::MetricColumn column{"bad", "Bad"};
    column.is_real = true;
    return {column};
  }
  absl::Status Collect(const strata::ModuleTree&,
                       strata::MetricResults& results) override {
    results.SetRealSelf(0, 0, std::nan(""));
    results.SetRealSelf(0, 1, 1.5);
    return absl::OkStatus();
  }
};

}  // namespace

STRATA_METRIC_PLUGIN(gives_nan, "gives what is no number", Bad);
