#include "formatters/csv/csv.h"

#include "formatters/common/delimited.h"

namespace strata::formatters {

absl::Status CsvFormatter::Format(const Summary& summary,
                                  const FormatOptions& options, Sink& sink) {
  return WriteDelimited(summary, options, ',', "\r\n", sink);
}

}  // namespace strata::formatters
