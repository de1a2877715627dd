// gives values for modules that there are not

#include "tests/bad_plugins/good_metric.h"

namespace {

class Bad : public strata::GoodMetric {
 public:
  absl::Status Collect(const strata::ModuleTree& tree,
                       strata::MetricResults& results) override {
    for (int i = 0; i <= tree.size(); ++i) results.SetSelf(0, i, 1);
    return absl::OkStatus();
  }
};

}  // namespace

STRATA_METRIC_PLUGIN(gives_too_many,
                     "gives values for modules that there are not", Bad);
