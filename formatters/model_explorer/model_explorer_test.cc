#include "formatters/model_explorer/model_explorer.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "formatters/graph_view/test_graphs.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/testing.h"

namespace strata::formatters {
namespace {

using nlohmann::json;
using testing::ElementsAre;

json Explorer(const Summary& summary) {
  StringSink sink;
  EXPECT_THAT(ModelExplorerFormatter().Format(summary, FormatOptions(), sink),
              IsOk());
  return json::parse(sink.text());
}

// The members that Model Explorer's data structures have, of which the first
// must be there: model_explorer/graph_builder.py of ai-edge-model-explorer
// 0.1.34. Its reader of JSON files takes an object with `label` and `graphs`.
struct Members {
  std::set<std::string> needed;
  std::set<std::string> others;
};
const Members kCollection = {{"label", "graphs"}, {"graphSorting"}};
const Members kGraph = {{"id"},
                        {"nodes", "groupNodeAttributes", "groupNodeConfigs",
                         "nodeLabelsToHide", "tasksData", "layoutConfigs"}};
const Members kNode = {
    {"id", "label"},
    {"namespace", "subgraphIds", "attrs", "incomingEdges", "outputsMetadata",
     "inputsMetadata", "style", "config"}};
const Members kEdge = {{"sourceNodeId"},
                       {"sourceNodeOutputId", "targetNodeInputId"}};
const Members kKeyValue = {{"key", "value"}, {}};
const Members kMetadata = {{"id"}, {"attrs"}};
const Members kStyle = {
    {}, {"backgroundColor", "borderColor", "hoveredBorderColor"}};

void ExpectMembers(const json& object, const Members& members) {
  ASSERT_TRUE(object.is_object());
  for (const std::string& name : members.needed) {
    EXPECT_TRUE(object.contains(name)) << name;
  }
  for (const auto& [name, value] : object.items()) {
    EXPECT_TRUE(members.needed.count(name) + members.others.count(name) > 0)
        << name;
  }
}

void ExpectKeyValues(const json& list) {
  for (const json& pair : list) {
    ExpectMembers(pair, kKeyValue);
    EXPECT_TRUE(pair["key"].is_string() && pair["value"].is_string());
  }
}

// Also: ids are unique, edges come from nodes and from outputs that are there.
void ExpectIsCollection(const json& file) {
  ExpectMembers(file, kCollection);
  const json& graph = file["graphs"][0];
  ExpectMembers(graph, kGraph);
  std::map<std::string, size_t> outputs;
  for (const json& node : graph["nodes"]) {
    ExpectMembers(node, kNode);
    const size_t count =
        node.contains("outputsMetadata") ? node["outputsMetadata"].size() : 0;
    EXPECT_TRUE(outputs.emplace(node["id"], count).second) << node["id"];
    EXPECT_TRUE(node["label"].is_string() && node["namespace"].is_string());
  }
  for (const json& node : graph["nodes"]) {
    for (const json& edge : node["incomingEdges"]) {
      ExpectMembers(edge, kEdge);
      const auto source = outputs.find(edge["sourceNodeId"]);
      ASSERT_NE(source, outputs.end()) << edge["sourceNodeId"];
      const int output =
          std::stoi(edge["sourceNodeOutputId"].get<std::string>());
      EXPECT_LE(output, static_cast<int>(source->second));
    }
    ExpectKeyValues(node.value("attrs", json::array()));
    for (const json& item : node.value("outputsMetadata", json::array())) {
      ExpectMembers(item, kMetadata);
      ExpectKeyValues(item["attrs"]);
    }
    if (node.contains("style")) ExpectMembers(node["style"], kStyle);
  }
  for (const auto& [space, facts] : graph["groupNodeAttributes"].items()) {
    for (const auto& [key, value] : facts.items()) {
      EXPECT_TRUE(value.is_string()) << space << key;
    }
  }
}

TEST(ModelExplorerTest, ANodeForEachModuleInItsNamespace) {
  const json file = Explorer(graph::Residual());
  ExpectIsCollection(file);
  EXPECT_EQ(file["label"], "Net");
  const json& graph = file["graphs"][0];
  EXPECT_EQ(graph["id"], "Net");
  std::vector<std::string> nodes;
  for (const json& node : graph["nodes"]) {
    std::string text = absl::StrCat(node["namespace"].get<std::string>(), "|",
                                    node["id"].get<std::string>(), "|",
                                    node["label"].get<std::string>(), " <");
    for (const json& edge : node["incomingEdges"]) {
      absl::StrAppend(&text, " ", edge["sourceNodeId"].get<std::string>());
    }
    nodes.push_back(std::move(text));
  }
  EXPECT_THAT(
      nodes,
      ElementsAre(
          "|(inputs)|GraphInputs <", "blocks/0|blocks.0.conv|Conv < (inputs)",
          "blocks/0|blocks.0.norm|Norm < blocks.0.conv",
          "blocks/0|blocks.0 (output)|add < (inputs) blocks.0.norm",
          "blocks/1|blocks.1.conv|Conv < blocks.0 (output)",
          "blocks/1|blocks.1.norm|Norm < blocks.1.conv",
          "blocks/1|blocks.1 (output)|add < blocks.0 (output) blocks.1.norm",
          "|head|Head < blocks.1 (output)", "|idle|Idle <",
          "|(outputs)|GraphOutputs < head"));
  const json& conv = graph["nodes"][1];
  EXPECT_EQ(conv["outputsMetadata"], json::parse(R"([{"id": "0", "attrs":
                [{"key": "shape", "value": "float32[2]"}]}])"));
  EXPECT_EQ(conv["attrs"][1],
            json::parse(R"({"key": "Params", "value": "10"})"));
  EXPECT_EQ(graph["groupNodeAttributes"]["blocks/0"]["Params"], "30");
  EXPECT_EQ(graph["groupNodeAttributes"][""]["class"], "Net");
}

TEST(ModelExplorerTest, TheOutputThatAnEdgeTakesIsKnownByItsShape) {
  Summary summary = graph::GraphOf(
      {"", "lstm", "fc"}, {"model > lstm", "lstm > fc", "fc >> model"});
  Tensor& second = *summary.mutable_layers(1)->mutable_calls(0)->add_outputs();
  second.add_shape(7);
  *summary.mutable_edges(1)->mutable_tensors(0) = second;
  const json file = Explorer(summary);
  ExpectIsCollection(file);
  EXPECT_EQ(file["graphs"][0]["nodes"][2]["incomingEdges"][0],
            json::parse(R"({"sourceNodeId": "lstm", "sourceNodeOutputId": "1",
                            "targetNodeInputId": "0"})"));
}

TEST(ModelExplorerTest, HostileNamesAndPathsThatStandTwice) {
  for (const std::string& name : graph::HostileNames()) {
    SCOPED_TRACE(name.substr(0, 40));
    ExpectIsCollection(Explorer(graph::Hostile(name)));
  }
  Summary summary = graph::Residual();
  for (Layer& layer : *summary.mutable_layers()) layer.set_path("(inputs)");
  ExpectIsCollection(Explorer(summary));
}

TEST(ModelExplorerTest, LargeAndDeepModels) {
  ExpectIsCollection(Explorer(graph::Row(10000)));
  ExpectIsCollection(Explorer(graph::Nested(10000)));
}

}  // namespace
}  // namespace strata::formatters
