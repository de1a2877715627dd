// ends the program in a static object, while it is loaded

#include <cstdlib>

#include "tests/bad_plugins/good_metric.h"

namespace {

struct Exits {
  Exits() { std::exit(0); }
} exits;

}  // namespace

STRATA_METRIC_PLUGIN(exits_when_loaded, "ends the program while it is loaded",
                     strata::GoodMetric);
