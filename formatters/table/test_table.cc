#include "formatters/table/test_table.h"

#include "absl/status/status.h"
#include "absl/strings/str_split.h"
#include "formatters/table/table.h"

namespace strata::formatters::table {

std::string Table(const Summary& summary, const FormatOptions& options) {
  StringSink sink;
  const absl::Status status = TableFormatter().Format(summary, options, sink);
  return status.ok() ? sink.text() : status.ToString();
}

std::vector<std::string> TableLines(const Summary& summary,
                                    const FormatOptions& options) {
  std::vector<std::string> lines =
      absl::StrSplit(Table(summary, options), '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

}  // namespace strata::formatters::table
