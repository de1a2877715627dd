// A summary as rows of data: what csv and tsv share.

#ifndef STRATA_FORMATTERS_COMMON_DELIMITED_H_
#define STRATA_FORMATTERS_COMMON_DELIMITED_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/formatter.h"
#include "core/summary.pb.h"

namespace strata::formatters {

// Writes a line of names and a line for each layer, all of them, whatever the
// options of rows are: options.depth cuts nothing off.
//   path, name, type, full_type, depth, input_size, output_size, calls, flags,
//   shared_with, then of each metric's column its self value and its total
//   (params_self, params_total; of a peak only the total). With
//   options.columns: path, then those columns, metrics by their totals.
//   Integers have all their digits and no commas; what is not known is empty.
//   Shapes: [1, 64, 56, 56], those of one call joined by ", ", of several calls
//   by "; ", once where all are alike. Flags and shared_with: joined by ";".
//   A cell with `separator`, a quote or a line break is quoted as in RFC 4180.
//   Text that is no UTF-8 has U+FFFD for the bytes that are none, and so has
//   NUL, which readers take for the end.
absl::Status WriteDelimited(const Summary& summary,
                            const FormatOptions& options, char separator,
                            absl::string_view line_end, Sink& sink);

}  // namespace strata::formatters

#endif  // STRATA_FORMATTERS_COMMON_DELIMITED_H_
