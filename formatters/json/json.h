// The formatter `json`: the whole summary, for scripts.

#ifndef STRATA_FORMATTERS_JSON_JSON_H_
#define STRATA_FORMATTERS_JSON_JSON_H_

#include "core/formatter.h"

namespace strata::formatters {

// The JSON mapping of the Summary message with snake_case names.
//   A value that is not known is absent: `optional` fields and sub-messages
//   stand only when set (`run` is absent when nothing ran). All others always
//   stand, so that a reader may take `layer["calls"]` without asking.
//   64-bit integers are JSON numbers, exact to the last digit.
// One element of `columns`, `layers` and `warnings` a line, in a fixed order:
// two summaries can be compared with diff. The options change nothing here: a
// summary that was saved has everything in it.
class JsonFormatter : public Formatter {
 public:
  absl::Status Format(const Summary& summary, const FormatOptions& options,
                      Sink& sink) override;
};

}  // namespace strata::formatters

#endif  // STRATA_FORMATTERS_JSON_JSON_H_
