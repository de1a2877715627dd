// The formatter `csv`: a row for each layer, for tables of other programs.

#ifndef STRATA_FORMATTERS_CSV_CSV_H_
#define STRATA_FORMATTERS_CSV_CSV_H_

#include "core/formatter.h"

namespace strata::formatters {

// RFC 4180: commas, quotes where a cell needs them, lines that end in CR LF, a
// line of names first. formatters/common/delimited.h says what is in it.
class CsvFormatter : public Formatter {
 public:
  absl::Status Format(const Summary& summary, const FormatOptions& options,
                      Sink& sink) override;
};

}  // namespace strata::formatters

#endif  // STRATA_FORMATTERS_CSV_CSV_H_
