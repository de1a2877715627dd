// raises in a static object, while it is loaded

#include <stdexcept>

#include "tests/bad_plugins/good_metric.h"

namespace {

struct Raises {
  Raises() { throw std::runtime_error("too early"); }
} raises;

}  // namespace

STRATA_METRIC_PLUGIN(raises_when_loaded, "raises while it is loaded",
                     strata::GoodMetric);
