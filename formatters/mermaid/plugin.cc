#include "core/plugin.h"

#include "formatters/mermaid/mermaid.h"

STRATA_FORMATTER_PLUGIN(mermaid, "the module graph as GitHub draws it",
                        strata::formatters::MermaidFormatter, "mmd,mermaid");
