// built for an interface version that never was

#include "tests/bad_plugins/good_metric.h"

#undef STRATA_INTERFACE_VERSION
#define STRATA_INTERFACE_VERSION 9999

STRATA_METRIC_PLUGIN(other_interface, "of another interface version",
                     strata::GoodMetric);
