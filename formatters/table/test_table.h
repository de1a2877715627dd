// How the tests show a table.

#ifndef STRATA_FORMATTERS_TABLE_TEST_TABLE_H_
#define STRATA_FORMATTERS_TABLE_TEST_TABLE_H_

#include <string>
#include <vector>

#include "core/formatter.h"
#include "core/summary.pb.h"

namespace strata::formatters::table {

// The table as text.
std::string Table(const Summary& summary, const FormatOptions& options = {});
// Its lines.
std::vector<std::string> TableLines(const Summary& summary,
                                    const FormatOptions& options = {});

}  // namespace strata::formatters::table

#endif  // STRATA_FORMATTERS_TABLE_TEST_TABLE_H_
