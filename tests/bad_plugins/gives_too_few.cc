// makes the list of values shorter

#include "tests/bad_plugins/good_metric.h"

namespace {

class Bad : public strata::GoodMetric {
 public:
  absl::Status Collect(const strata::ModuleTree&,
                       strata::MetricResults& results) override {
    results.column(0).self.pop_back();
    return absl::OkStatus();
  }
};

}  // namespace

STRATA_METRIC_PLUGIN(gives_too_few, "makes the list of values shorter", Bad);
