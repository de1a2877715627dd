#include "core/plugin.h"

#include "plugins/metrics/latency/latency.h"

STRATA_METRIC_PLUGIN_USING(latency,
                           "how long each module takes, over many timed runs",
                           strata::metrics::LatencyMetric, "macs",
                           STRATA_OPTION("subtract_watching", "bool", "false",
                                         "takes off what watching costs"));
