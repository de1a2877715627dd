#include "formatters/tsv/tsv.h"

#include "formatters/common/delimited.h"

namespace strata::formatters {

absl::Status TsvFormatter::Format(const Summary& summary,
                                  const FormatOptions& options, Sink& sink) {
  return WriteDelimited(summary, options, '\t', "\n", sink);
}

}  // namespace strata::formatters
