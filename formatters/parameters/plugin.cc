#include "core/plugin.h"

#include "formatters/parameters/parameters.h"

STRATA_FORMATTER_PLUGIN(parameters,
                        "named parameters and buffers, as PyTorch lists them",
                        strata::formatters::ParametersFormatter, "");
