// raises when it is asked for its columns
#include <stdexcept>

#include "tests/bad_plugins/good_metric.h"

namespace {

class Bad : public strata::GoodMetric {
 public:
  std::vector<strata::MetricColumn> columns() const override {
    throw std::runtime_error("no columns today");
  }
};

}  // namespace

STRATA_METRIC_PLUGIN(raises_in_columns,
                     "raises when it is asked for its columns", Bad);
