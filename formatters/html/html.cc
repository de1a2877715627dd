#include "formatters/html/html.h"

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "core/columns.h"
#include "core/summary.pb.h"
#include "formatters/common/scalar_json.h"
#include "formatters/common/summary_json.h"
#include "formatters/html/escape.h"
#include "formatters/html/page_parts.h"

namespace strata::formatters {
namespace {

// How the page is at first: {"depth": 3, "columns": ["macs"]}
std::string SettingsJson(const FormatOptions& options,
                         const std::vector<TextColumn>& columns) {
  std::string text =
      absl::StrCat("{\"depth\": ", options.depth, ", \"columns\": [");
  for (const TextColumn& column : columns) {
    if (text.back() != '[') text += ", ";
    json::AppendString(column.id, text);
  }
  return text + "]}";
}

}  // namespace

absl::Status HtmlFormatter::Format(const Summary& summary,
                                   const FormatOptions& options, Sink& sink) {
  const absl::StatusOr<std::vector<TextColumn>> columns =
      ResolveColumns(summary, options.columns);
  if (!columns.ok()) return columns.status();
  html::ScriptJsonSink json_sink(sink);
  sink.Write(html::kBeforeTitle);
  sink.Write(html::EscapeText(summary.model().name()));
  sink.Write(html::kBeforeSettings);
  json_sink.Write(SettingsJson(options, *columns));
  sink.Write(html::kBeforeSummary);
  json::WriteSummary(summary, json_sink);
  sink.Write(html::kAfterSummary);
  return absl::OkStatus();
}

}  // namespace strata::formatters
