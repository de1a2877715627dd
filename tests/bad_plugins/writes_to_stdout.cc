// writes to standard output
#include <cstdio>

#include "tests/bad_plugins/good_metric.h"

namespace {

class Bad : public strata::GoodMetric {
 public:
  void EndRun() override {
    std::puts("hello from a plugin");
    std::fflush(stdout);
  }
};

}  // namespace

STRATA_METRIC_PLUGIN(writes_to_stdout, "writes to standard output", Bad);
