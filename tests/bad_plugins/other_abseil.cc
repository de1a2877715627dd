// built with another Abseil

#include "tests/bad_plugins/good_metric.h"

#undef STRATA_ABSEIL_VERSION
#define STRATA_ABSEIL_VERSION "20990101"

STRATA_METRIC_PLUGIN(other_abseil, "built with another Abseil",
                     strata::GoodMetric);
