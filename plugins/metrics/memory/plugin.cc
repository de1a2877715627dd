#include "core/plugin.h"

#include "plugins/metrics/memory/memory.h"

STRATA_METRIC_PLUGIN(memory,
                     "bytes of parameters, activations, gradients, optimizers",
                     strata::metrics::MemoryMetric);
