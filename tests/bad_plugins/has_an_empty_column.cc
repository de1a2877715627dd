// has a column without an id

#include "tests/bad_plugins/good_metric.h"

namespace {

class Bad : public strata::GoodMetric {
 public:
  std::vector<strata::MetricColumn> columns() const override {
    return {{"", "Nothing"}};
  }
};

}  // namespace

STRATA_METRIC_PLUGIN(has_an_empty_column, "has a column without an id", Bad);
