// ends the program in place of returning
#include <cstdlib>

#include "tests/bad_plugins/good_metric.h"

namespace {

class Bad : public strata::GoodMetric {
 public:
  void VisitOp(const strata::OpCall&) override { std::exit(0); }
};

}  // namespace

STRATA_METRIC_PLUGIN(calls_exit, "ends the program in place of returning", Bad);
