#include "core/plugin.h"

#include "formatters/model_explorer_data/model_explorer_data.h"

STRATA_FORMATTER_PLUGIN(model_explorer_data,
                        "a metric of each node for Google's Model Explorer",
                        strata::formatters::ModelExplorerDataFormatter, "");
