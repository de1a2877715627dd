// looks for its libraries in a folder beside wherever the user stands

#include "tests/bad_plugins/good_metric.h"

STRATA_METRIC_PLUGIN(relative_runpath, "has a relative RUNPATH",
                     strata::GoodMetric);
