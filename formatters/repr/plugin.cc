#include "core/plugin.h"

#include "formatters/repr/repr.h"

STRATA_FORMATTER_PLUGIN(repr, "what print(model) prints in PyTorch",
                        strata::formatters::ReprFormatter, "repr");
