// has two columns of one id

#include "tests/bad_plugins/good_metric.h"

namespace {

class Bad : public strata::GoodMetric {
 public:
  std::vector<strata::MetricColumn> columns() const override {
    return {{"bad", "Bad"}, {"bad", "Worse"}};
  }
};

}  // namespace

STRATA_METRIC_PLUGIN(has_a_column_twice, "has two columns of one id", Bad);
