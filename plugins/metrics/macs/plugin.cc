#include "core/plugin.h"

#include "plugins/metrics/macs/macs.h"

STRATA_METRIC_PLUGIN(macs,
                     "multiply-accumulates of every convolution and matrix "
                     "product that ran",
                     strata::metrics::MacsMetric);
