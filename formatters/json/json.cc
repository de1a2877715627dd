#include "formatters/json/json.h"

#include "formatters/common/summary_json.h"

namespace strata::formatters {

absl::Status JsonFormatter::Format(const Summary& summary,
                                   const FormatOptions& /*options*/,
                                   Sink& sink) {
  json::WriteSummary(summary, sink);
  return absl::OkStatus();
}

}  // namespace strata::formatters
