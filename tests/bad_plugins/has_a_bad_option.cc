// an option whose default is none of its type

#include "tests/bad_plugins/good_metric.h"

STRATA_METRIC_PLUGIN(has_a_bad_option, "an option's default does not fit",
                     strata::GoodMetric,
                     STRATA_OPTION("count", "int", "many", "how many"));
