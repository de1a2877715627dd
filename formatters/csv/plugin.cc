#include "core/plugin.h"

#include "formatters/csv/csv.h"

STRATA_FORMATTER_PLUGIN(csv, "a row for each module, for tables and databases",
                        strata::formatters::CsvFormatter, "csv");
