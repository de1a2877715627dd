#include "core/plugin.h"

#include "plugins/metrics/params/params.h"

STRATA_METRIC_PLUGIN(params,
                     "parameters of each module, every tensor counted once",
                     strata::metrics::ParamsMetric);
