#include "core/plugin.h"

#include "formatters/tsv/tsv.h"

STRATA_FORMATTER_PLUGIN(tsv, "csv with tabs, for a shell and for pasting",
                        strata::formatters::TsvFormatter, "tsv,tab");
