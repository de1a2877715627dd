#include "core/plugin.h"

#include "formatters/model_explorer/model_explorer.h"

STRATA_FORMATTER_PLUGIN(model_explorer,
                        "the graph for Google's Model Explorer, as JSON",
                        strata::formatters::ModelExplorerFormatter, "");
