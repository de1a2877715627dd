#include "formatters/model_explorer_data/model_explorer_data.h"

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "core/columns.h"
#include "core/summary.pb.h"
#include "formatters/common/scalar_json.h"
#include "formatters/model_explorer/explorer_graph.h"

namespace strata::formatters {

absl::Status ModelExplorerDataFormatter::Format(const Summary& summary,
                                                const FormatOptions& options,
                                                Sink& sink) {
  const absl::StatusOr<std::vector<TextColumn>> columns =
      ResolveColumns(summary, options.columns);
  if (!columns.ok()) return columns.status();
  TextColumn metric;
  for (const TextColumn& column : *columns) {
    if (!column.is_metric) continue;
    metric = column;
    break;
  }
  const model_explorer::ExplorerGraph graph(summary);
  std::string text = "{";
  json::AppendString(model_explorer::GraphId(summary), text);
  text += ": {\"name\": ";
  json::AppendString(metric.title, text);
  // Member names: model_explorer/node_data_builder.py.
  text +=
      ", \"gradient\": [{\"stop\": 0, \"bgColor\": \"#ffffff\"}, {\"stop\": 1, "
      "\"bgColor\": \"#93bce8\"}], \"results\": {";
  bool first = true;
  for (size_t i = 0; i < graph.view.boxes.size(); ++i) {
    const graph::Box& box = graph.view.boxes[i];
    if (box.kind != graph::Box::Kind::kModule) continue;
    const auto& metrics = summary.layers(box.layer).metrics();
    const auto value = metrics.find(metric.id);
    if (value == metrics.end()) continue;
    const std::string figure = TotalFigure(value->second);
    if (figure.empty()) continue;
    text += first ? "\n" : ",\n";
    first = false;
    json::AppendString(graph.ids[i], text);
    absl::StrAppend(&text, ": {\"value\": ", figure, "}");
  }
  text += "}}}\n";
  sink.Write(text);
  return absl::OkStatus();
}

}  // namespace strata::formatters
