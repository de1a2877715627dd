#include "core/plugin.h"

#include "formatters/json/json.h"

STRATA_FORMATTER_PLUGIN(json,
                        "the whole summary as JSON, for scripts and for later",
                        strata::formatters::JsonFormatter, "json");
