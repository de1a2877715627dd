#include "formatters/graph_view/test_graphs.h"

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace strata::formatters::graph {
namespace {

// "Conv" of "layer1.conv1".
std::string TypeOf(const std::string& name) {
  std::string type = name;
  while (!type.empty() && absl::ascii_isdigit(type.back())) type.pop_back();
  if (type.empty()) return "Block";
  type[0] = absl::ascii_toupper(type[0]);
  return type;
}

void AddTensor(Tensor* tensor) {
  tensor->add_shape(2);
  tensor->set_dtype("float32");
}

void AddLayer(const std::string& path,
              const absl::flat_hash_map<std::string, int>& places,
              Summary& summary) {
  Layer& layer = *summary.add_layers();
  const size_t dot = path.rfind('.');
  layer.set_id(summary.layers_size() - 1);
  layer.set_path(path);
  layer.set_name(dot == std::string::npos ? path : path.substr(dot + 1));
  layer.set_type(path.empty() ? "Net" : TypeOf(layer.name()));
  if (path.empty()) {
    layer.set_parent(-1);
  } else {
    layer.set_parent(
        places.at(dot == std::string::npos ? "" : path.substr(0, dot)));
    layer.set_depth(summary.layers(layer.parent()).depth() + 1);
  }
  if (absl::StartsWith(layer.name(), "idle")) {
    layer.add_flags("not_executed");
    return;
  }
  Call& call = *layer.add_calls();
  AddTensor(call.add_inputs());
  AddTensor(call.add_outputs());
}

}  // namespace

Summary GraphOf(const std::vector<std::string>& paths,
                const std::vector<std::string>& edges) {
  Summary summary;
  summary.mutable_model()->set_name("Net");
  Column& column = *summary.add_columns();
  column.set_id("params");
  column.set_title("Params");
  absl::flat_hash_map<std::string, int> places;
  for (const std::string& path : paths) {
    AddLayer(path, places, summary);
    places[path] = summary.layers_size() - 1;
  }
  std::vector<int64_t> totals(paths.size(), 10);
  for (int i = summary.layers_size() - 1; i >= 0; --i) {
    Layer& layer = *summary.mutable_layers(i);
    (*layer.mutable_metrics())["params"].set_total(totals[i]);
    if (i > 0) totals[layer.parent()] += totals[i];
  }
  places["model"] = 0;
  for (const std::string& text : edges) {
    const std::vector<std::string> words = absl::StrSplit(text, ' ');
    Edge& edge = *summary.add_edges();
    edge.set_from(places.at(words[0]));
    edge.set_to(places.at(words[2]));
    AddTensor(edge.add_tensors());
    if (words[1] == ">>") edge.set_output(true);
    for (size_t i = 3; i < words.size(); ++i) edge.add_operators(words[i]);
  }
  return summary;
}

Summary Residual() {
  return GraphOf(
      {"", "blocks", "blocks.0", "blocks.0.conv", "blocks.0.norm", "blocks.1",
       "blocks.1.conv", "blocks.1.norm", "head", "idle"},
      {"model > blocks", "model > blocks.0", "model > blocks.0.conv",
       "blocks.0.conv > blocks.0.norm", "model >> blocks.0 add",
       "blocks.0.norm >> blocks.0 add", "blocks.0 > blocks.1",
       "blocks.0 > blocks.1.conv", "blocks.1.conv > blocks.1.norm",
       "blocks.0 >> blocks.1 add", "blocks.1.norm >> blocks.1 add",
       "blocks.1 >> blocks", "blocks > head flatten", "head >> model"});
}

Summary Row(int modules) {
  std::vector<std::string> paths = {""};
  std::vector<std::string> edges;
  for (int i = 0; i < modules; ++i) {
    edges.push_back(absl::StrCat(i == 0 ? "model" : paths.back(), " > m", i));
    paths.push_back(absl::StrCat("m", i));
  }
  edges.push_back(absl::StrCat(paths.back(), " >> model"));
  Summary summary = GraphOf(paths, edges);
  for (int i = 0; i < modules; ++i) {
    summary.mutable_layers(i + 1)->set_type(i % 2 == 0 ? "Linear" : "ReLU");
  }
  return summary;
}

Summary Nested(int modules) {
  Summary summary = GraphOf({""}, {});
  summary.mutable_layers()->Reserve(modules + 1);
  for (int i = 1; i <= modules; ++i) {
    Layer& layer = *summary.add_layers();
    layer = summary.layers(0);
    layer.set_id(i);
    layer.set_parent(i - 1);
    layer.set_depth(i);
    layer.set_name("m");
    layer.set_path(absl::StrCat("m", i));
    Edge& in = *summary.add_edges();
    in.set_to(i);
    Edge& out = *summary.add_edges();
    out.set_from(modules - i + 1);
    out.set_to(modules - i);
    out.set_output(true);
  }
  return summary;
}

const std::vector<std::string>& HostileNames() {
  static const auto* const names =
      new std::vector<std::string>{"\"quoted\"",
                                   "back\\slash\\n\\N\\G\\\"",
                                   "<b>&amp;&lt;</b>",
                                   "<script>alert(1)</script>",
                                   "]]> --> <!-- -- -->",
                                   "javascript:alert(1)",
                                   "1. list",
                                   "- list",
                                   "`code` **bold** _it_ #35; #quot; %% \"]",
                                   "end",
                                   "subgraph x; style",
                                   "|pipe| {brace} (round) [square] ~~~ :::",
                                   "line\nline\r\t",
                                   "\x1b[31mred",
                                   "\xff\xfe not utf8",
                                   "\xef\xbf\xbe\xef\xbf\xbf no characters",
                                   "\xe2\x80\xae turned",
                                   "\xe5\xb1\x82\xf0\x9f\x94\xa5",
                                   std::string(10000, 'x'),
                                   std::string(10000, '"'),
                                   std::string("nul\0byte", 8),
                                   ""};
  return *names;
}

Summary Hostile(const std::string& name) {
  Summary summary = GraphOf({"", "a", "a.b", "c"},
                            {"model > a", "model > a.b", "a.b >> a",
                             "model >> a op", "a > c op", "c >> model"});
  summary.mutable_model()->set_name(name);
  summary.mutable_model()->set_file(name);
  if (!name.empty()) summary.mutable_columns(0)->set_title(name);
  for (Layer& layer : *summary.mutable_layers()) {
    layer.set_type(name);
    layer.set_path(absl::StrCat(layer.path(), name));
    layer.set_name(name);
  }
  for (Edge& edge : *summary.mutable_edges()) {
    if (edge.operators_size() > 0) edge.set_operators(0, name);
  }
  return summary;
}

}  // namespace strata::formatters::graph
