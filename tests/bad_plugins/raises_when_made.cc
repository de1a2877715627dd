// raises when it is made
#include <stdexcept>

#include "tests/bad_plugins/good_metric.h"

namespace {

class Bad : public strata::GoodMetric {
 public:
  Bad() { throw std::runtime_error("no luck"); }
};

}  // namespace

STRATA_METRIC_PLUGIN(raises_when_made, "raises when it is made", Bad);
