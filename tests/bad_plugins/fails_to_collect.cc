// returns an error

#include "tests/bad_plugins/good_metric.h"

namespace {

class Bad : public strata::GoodMetric {
 public:
  absl::Status Collect(const strata::ModuleTree&,
                       strata::MetricResults&) override {
    return absl::InternalError("nothing was found");
  }
};

}  // namespace

STRATA_METRIC_PLUGIN(fails_to_collect, "returns an error", Bad);
