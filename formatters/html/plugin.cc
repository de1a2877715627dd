#include "core/plugin.h"

#include "formatters/html/html.h"

STRATA_FORMATTER_PLUGIN(html, "one page to explore, keep and send",
                        strata::formatters::HtmlFormatter, "html,htm");
