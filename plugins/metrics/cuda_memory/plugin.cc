#include "core/plugin.h"

#include "plugins/metrics/cuda_memory/cuda_memory.h"

STRATA_METRIC_PLUGIN(cuda_memory,
                     "the device's memory before, in and after each module",
                     strata::metrics::CudaMemoryMetric);
