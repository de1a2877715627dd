// raises something that is no exception

#include "tests/bad_plugins/good_metric.h"

namespace {

class Bad : public strata::GoodMetric {
 public:
  void EnterModule(const strata::ModuleCall&) override { throw 42; }
};

}  // namespace

STRATA_METRIC_PLUGIN(raises_a_number, "raises something that is no exception",
                     Bad);
