#include "formatters/model_explorer/model_explorer.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "core/columns.h"
#include "core/summary.pb.h"
#include "formatters/common/scalar_json.h"
#include "formatters/model_explorer/explorer_graph.h"

namespace strata::formatters {
namespace {

using graph::Box;
using graph::Link;
using KeyValues = std::vector<std::pair<std::string, std::string>>;

// "float32[1,64,56,56]", as Model Explorer's own adapters have it.
std::string ShapeText(const Tensor& tensor) {
  return absl::StrCat(tensor.dtype(), "[", absl::StrJoin(tensor.shape(), ","),
                      "]");
}

// Member names: model_explorer/graph_builder.py of ai-edge-model-explorer.
class Writer {
 public:
  Writer(const Summary& summary, Sink& sink)
      : summary_(summary), sink_(sink), graph_(summary) {}

  void Write() {
    const std::vector<std::vector<const Link*>> incoming = IncomingLinks();
    text_ = "{\"label\": ";
    json::AppendString(summary_.model().file().empty()
                           ? model_explorer::GraphId(summary_)
                           : summary_.model().file(),
                       text_);
    text_ += ", \"graphs\": [{\"id\": ";
    json::AppendString(model_explorer::GraphId(summary_), text_);
    text_ += ", \"nodes\": [";
    bool first = true;
    for (size_t i = 0; i < graph_.view.boxes.size(); ++i) {
      if (graph_.view.boxes[i].kind == Box::Kind::kOpened) continue;
      text_ += first ? "\n" : ",\n";
      first = false;
      WriteNode(i, incoming[i]);
      Flush();
    }
    text_ += "\n], \"groupNodeAttributes\": {\n\"\": ";
    AppendObject(ModelFigures());
    for (size_t i = 0; i < graph_.view.boxes.size(); ++i) {
      const Box& box = graph_.view.boxes[i];
      if (box.kind != Box::Kind::kOpened) continue;
      text_ += ",\n";
      json::AppendString(graph_.namespaces[i], text_);
      text_ += ": ";
      AppendObject(LayerFacts(summary_.layers(box.layer)));
      Flush();
    }
    text_ += "}}]}\n";
    sink_.Write(text_);
  }

 private:
  std::vector<std::vector<const Link*>> IncomingLinks() const {
    std::vector<std::vector<const Link*>> incoming(graph_.view.boxes.size());
    for (const Link& link : graph_.view.links) {
      incoming[link.to].push_back(&link);
    }
    return incoming;
  }

  void WriteNode(size_t place, const std::vector<const Link*>& incoming) {
    const Box& box = graph_.view.boxes[place];
    text_ += "{\"id\": ";
    json::AppendString(graph_.ids[place], text_);
    text_ += ", \"label\": ";
    json::AppendString(LabelOf(box), text_);
    text_ += ", \"namespace\": ";
    json::AppendString(graph_.namespaces[place], text_);
    if (box.kind == Box::Kind::kModule) {
      text_ += ", \"attrs\": ";
      AppendKeyValues(LayerFacts(summary_.layers(box.layer)));
    }
    WriteEdges(incoming);
    WriteOutputs(box);
    if (IsIdle(box)) {
      text_ += ", \"style\": {\"backgroundColor\": \"#eeeeee\"}";
    }
    text_ += '}';
  }

  void WriteEdges(const std::vector<const Link*>& incoming) {
    text_ += ", \"incomingEdges\": [";
    for (size_t i = 0; i < incoming.size(); ++i) {
      text_ += i == 0 ? "{\"sourceNodeId\": " : ", {\"sourceNodeId\": ";
      json::AppendString(graph_.ids[incoming[i]->from], text_);
      absl::StrAppend(&text_, ", \"sourceNodeOutputId\": \"",
                      OutputOf(*incoming[i]), "\", \"targetNodeInputId\": \"",
                      i, "\"}");
    }
    text_ += ']';
  }

  // Which of the source's outputs an arrow takes: the first of its form.
  int OutputOf(const Link& link) const {
    const auto& outputs = OutputsOf(graph_.view.boxes[link.from]);
    if (link.tensors.empty()) return 0;
    for (int i = 0; i < outputs.size(); ++i) {
      if (ShapeText(outputs[i]) == ShapeText(*link.tensors[0])) return i;
    }
    return 0;
  }

  const google::protobuf::RepeatedPtrField<Tensor>& OutputsOf(
      const Box& box) const {
    static const auto* const none =
        new google::protobuf::RepeatedPtrField<Tensor>();
    if (box.kind == Box::Kind::kInput) return summary_.run().inputs();
    const Layer& layer = summary_.layers(box.layer);
    const bool has = !layer.calls().empty() && box.kind != Box::Kind::kOutput &&
                     box.kind != Box::Kind::kMore;
    return has ? layer.calls(0).outputs() : *none;
  }

  void WriteOutputs(const Box& box) {
    const auto& outputs = OutputsOf(box);
    if (outputs.empty()) return;
    text_ += ", \"outputsMetadata\": [";
    for (int i = 0; i < outputs.size(); ++i) {
      absl::StrAppend(&text_, i == 0 ? "" : ", ", "{\"id\": \"", i,
                      "\", \"attrs\": ");
      AppendKeyValues({{"shape", ShapeText(outputs[i])}});
      text_ += '}';
    }
    text_ += ']';
  }

  static std::string LabelOfModule(const Layer& layer) {
    return layer.type().empty() ? layer.name() : layer.type();
  }

  std::string LabelOf(const Box& box) const {
    switch (box.kind) {
      case Box::Kind::kInput:
        return "GraphInputs";
      case Box::Kind::kOutput:
        return "GraphOutputs";
      case Box::Kind::kMore:
        return absl::StrCat(box.count, " more");
      case Box::Kind::kJunction:
        return box.operators.empty() ? "output"
                                     : absl::StrJoin(box.operators, ", ");
      case Box::Kind::kModule:
      case Box::Kind::kOpened:
        break;
    }
    return LabelOfModule(summary_.layers(box.layer));
  }

  bool IsIdle(const Box& box) const {
    if (box.kind != Box::Kind::kModule) return false;
    for (const std::string& flag : summary_.layers(box.layer).flags()) {
      if (flag == "not_executed") return true;
    }
    return false;
  }

  KeyValues LayerFacts(const Layer& layer) const {
    KeyValues facts = {{"name", layer.path()}, {"class", layer.full_type()}};
    for (const Column& column : summary_.columns()) {
      const auto value = layer.metrics().find(column.id());
      if (value == layer.metrics().end()) continue;
      if (value->second.has_total()) {
        facts.emplace_back(column.title(), WithCommas(value->second.total()));
      } else if (value->second.has_real_total()) {
        facts.emplace_back(column.title(),
                           RealText(value->second.real_total()));
      }
    }
    facts.emplace_back("flags", absl::StrJoin(layer.flags(), ", "));
    const std::map<std::string, std::string> attributes(
        layer.attributes().begin(), layer.attributes().end());
    facts.insert(facts.end(), attributes.begin(), attributes.end());
    return facts;
  }

  KeyValues ModelFigures() const {
    KeyValues figures = {{"class", summary_.model().name()}};
    const std::map<std::string, int64_t> totals(summary_.totals().begin(),
                                                summary_.totals().end());
    for (const auto& [name, value] : totals) {
      figures.emplace_back(name, WithCommas(value));
    }
    for (const std::string& note : graph_.view.notes) {
      figures.emplace_back("note", note);
    }
    return figures;
  }

  void AppendKeyValues(const KeyValues& pairs) {
    text_ += '[';
    bool first = true;
    for (const auto& [key, value] : pairs) {
      if (value.empty()) continue;
      text_ += first ? "{\"key\": " : ", {\"key\": ";
      first = false;
      json::AppendString(key, text_);
      text_ += ", \"value\": ";
      json::AppendString(value, text_);
      text_ += '}';
    }
    text_ += ']';
  }

  // Of keys that stand twice, the first.
  void AppendObject(const KeyValues& pairs) {
    std::map<std::string, std::string> unique;
    for (const auto& [key, value] : pairs) {
      if (!value.empty()) unique.emplace(key, value);
    }
    text_ += '{';
    bool first = true;
    for (const auto& [key, value] : unique) {
      if (!first) text_ += ", ";
      first = false;
      json::AppendString(key, text_);
      text_ += ": ";
      json::AppendString(value, text_);
    }
    text_ += '}';
  }

  void Flush() {
    constexpr size_t kPiece = 16384;
    if (text_.size() < kPiece) return;
    sink_.Write(text_);
    text_.clear();
  }

  const Summary& summary_;
  Sink& sink_;
  const model_explorer::ExplorerGraph graph_;
  std::string text_;
};

}  // namespace

absl::Status ModelExplorerFormatter::Format(const Summary& summary,
                                            const FormatOptions& /*options*/,
                                            Sink& sink) {
  Writer(summary, sink).Write();
  return absl::OkStatus();
}

}  // namespace strata::formatters
