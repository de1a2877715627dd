#include "core/plugin.h"

#include "formatters/dot/dot.h"

STRATA_FORMATTER_PLUGIN(dot, "the module graph as text for Graphviz",
                        strata::formatters::DotFormatter, "dot,gv");
