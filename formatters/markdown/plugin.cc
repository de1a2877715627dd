#include "core/plugin.h"

#include "formatters/markdown/markdown.h"

STRATA_FORMATTER_PLUGIN(
    markdown, "a table for GitHub, with all modules in a folded section",
    strata::formatters::MarkdownFormatter, "md,markdown");
