#include "core/plugin.h"

#include "formatters/table/table.h"

STRATA_FORMATTER_PLUGIN(table,
                        "layers, shapes and counts as a table, as Keras does",
                        strata::formatters::TableFormatter, "txt");
