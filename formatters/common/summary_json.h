// A whole summary as JSON text.

#ifndef STRATA_FORMATTERS_COMMON_SUMMARY_JSON_H_
#define STRATA_FORMATTERS_COMMON_SUMMARY_JSON_H_

#include "core/formatter.h"

namespace strata::formatters::json {

// The JSON mapping of the Summary message with snake_case names.
//   A value that is not known is absent: `optional` fields and sub-messages
//   stand only when set (`run` is absent when nothing ran). All others always
//   stand, so that a reader may take `layer["calls"]` without asking.
//   64-bit integers are JSON numbers, exact to the last digit.
// One element of `columns`, `layers` and `warnings` a line, in a fixed order:
// two summaries can be compared with diff. Each Write has whole characters.
void WriteSummary(const Summary& summary, Sink& sink);

}  // namespace strata::formatters::json

#endif  // STRATA_FORMATTERS_COMMON_SUMMARY_JSON_H_
