// The formatter `json`: the whole summary, for scripts.

#ifndef STRATA_FORMATTERS_JSON_JSON_H_
#define STRATA_FORMATTERS_JSON_JSON_H_

#include "core/formatter.h"

namespace strata::formatters {

// The text of formatters/common/summary_json.h. The options change nothing
// here: a summary that was saved has everything in it.
class JsonFormatter : public Formatter {
 public:
  absl::Status Format(const Summary& summary, const FormatOptions& options,
                      Sink& sink) override;
};

}  // namespace strata::formatters

#endif  // STRATA_FORMATTERS_JSON_JSON_H_
