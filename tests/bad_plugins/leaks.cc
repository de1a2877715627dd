// gives no memory back

#include "tests/bad_plugins/good_metric.h"

namespace {

class Bad : public strata::GoodMetric {
 public:
  void EndRun() override {
    kept = new char[1000];
    kept[0] = 1;
  }
  char* volatile kept = nullptr;
};

}  // namespace

STRATA_METRIC_PLUGIN(leaks, "gives no memory back", Bad);
