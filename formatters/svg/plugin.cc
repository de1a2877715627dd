#include "core/plugin.h"

#include "formatters/svg/svg.h"

STRATA_FORMATTER_PLUGIN(svg, "the module graph as a picture, by Graphviz",
                        strata::formatters::SvgFormatter, "svg");
