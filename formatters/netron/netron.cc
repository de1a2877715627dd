#include "formatters/netron/netron.h"

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "core/cell_texts.h"
#include "core/columns.h"
#include "core/summary.pb.h"
#include "formatters/common/scalar_json.h"

namespace strata::formatters {
namespace {

class Writer {
 public:
  Writer(const Summary& summary, Sink& sink)
      : summary_(summary), cells_(summary, /*unicode=*/true), sink_(sink) {}

  // What Netron asks for: source/view.js, metadata.Attachment.
  void Write() {
    text_ = "{\"signature\": \"netron:attachment\",\n \"metrics\": [";
    // Netron's model has no name, and its first graph none either.
    const std::map<std::string, int64_t> totals(summary_.totals().begin(),
                                                summary_.totals().end());
    for (const auto& [name, value] : totals) {
      WriteEntry("model", "", name, absl::StrCat(value));
    }
    for (int i = 1; i < summary_.layers_size(); ++i) WriteMetrics(i);
    text_ += "],\n \"metadata\": [";
    is_first_ = true;
    for (int i = 1; i < summary_.layers_size(); ++i) WriteMetadata(i);
    text_ += "]}\n";
    sink_.Write(text_);
  }

 private:
  void WriteMetrics(int place) {
    const Layer& layer = summary_.layers(place);
    for (const Column& column : summary_.columns()) {
      const auto value = layer.metrics().find(column.id());
      if (value == layer.metrics().end()) continue;
      const std::string figure = TotalFigure(value->second);
      if (!figure.empty()) {
        WriteEntry("node", layer.path(), column.title(), figure);
      }
    }
  }

  void WriteMetadata(int place) {
    const Layer& layer = summary_.layers(place);
    WriteText(layer, "class",
              layer.full_type().empty() ? layer.type() : layer.full_type());
    WriteText(layer, "flags", absl::StrJoin(layer.flags(), ", "));
    TextColumn column;
    for (const char* id : {"input_size", "output_size"}) {
      column.id = id;
      WriteText(layer, id, cells_.OfLayer(column, place));
    }
  }

  void WriteText(const Layer& layer, absl::string_view name,
                 absl::string_view value) {
    if (value.empty()) return;
    std::string quoted;
    json::AppendString(value, quoted);
    WriteEntry("node", layer.path(), name, quoted);
  }

  void WriteEntry(absl::string_view kind, absl::string_view target,
                  absl::string_view name, absl::string_view value) {
    absl::StrAppend(&text_, is_first_ ? "\n" : ",\n", "  {\"kind\": \"", kind,
                    "\", \"target\": ");
    is_first_ = false;
    json::AppendString(target, text_);
    text_ += ", \"name\": ";
    json::AppendString(name, text_);
    absl::StrAppend(&text_, ", \"value\": ", value, "}");
    constexpr size_t kPiece = 16384;
    if (text_.size() < kPiece) return;
    sink_.Write(text_);
    text_.clear();
  }

  const Summary& summary_;
  const CellTexts cells_;
  Sink& sink_;
  bool is_first_ = true;
  std::string text_;
};

}  // namespace

absl::Status NetronFormatter::Format(const Summary& summary,
                                     const FormatOptions& /*options*/,
                                     Sink& sink) {
  Writer(summary, sink).Write();
  return absl::OkStatus();
}

}  // namespace strata::formatters
