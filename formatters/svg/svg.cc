#include "formatters/svg/svg.h"

#include <string>

#include "absl/status/statusor.h"
#include "core/error.h"
#include "formatters/dot/dot.h"
#include "formatters/svg/graphviz.h"

namespace strata::formatters {

absl::Status SvgFormatter::Format(const Summary& summary,
                                  const FormatOptions& options, Sink& sink) {
  StringSink dot;
  absl::Status written = DotFormatter().Format(summary, options, dot);
  if (!written.ok()) return written;
  absl::StatusOr<std::string> svg = svg::LayOut(dot.text());
  if (!svg.ok()) {
    return WithHint(svg.status(), "try fewer levels (--depth), or --fold");
  }
  sink.Write(*svg);
  return absl::OkStatus();
}

}  // namespace strata::formatters
