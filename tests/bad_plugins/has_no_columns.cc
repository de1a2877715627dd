// has no columns

#include "tests/bad_plugins/good_metric.h"

namespace {

class Bad : public strata::GoodMetric {
 public:
  std::vector<strata::MetricColumn> columns() const override { return {}; }
};

}  // namespace

STRATA_METRIC_PLUGIN(has_no_columns, "has no columns", Bad);
