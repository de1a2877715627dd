// does not come back
#include <unistd.h>

#include "tests/bad_plugins/good_metric.h"

namespace {

class Bad : public strata::GoodMetric {
 public:
  void VisitOp(const strata::OpCall&) override {
    for (;;) sleep(1);
  }
};

}  // namespace

STRATA_METRIC_PLUGIN(takes_for_ever, "does not come back", Bad);
