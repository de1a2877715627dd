#include "formatters/model_explorer_data/model_explorer_data.h"

#include <algorithm>
#include <string>

#include "formatters/graph_view/test_graphs.h"
#include "formatters/model_explorer/model_explorer.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/testing.h"

namespace strata::formatters {
namespace {

using nlohmann::json;

template <typename T>
json Formatted(const Summary& summary, const FormatOptions& options = {}) {
  StringSink sink;
  EXPECT_THAT(T().Format(summary, options, sink), IsOk());
  return json::parse(sink.text());
}

// The members of ModelNodeData, GraphNodeData and NodeDataResult:
// model_explorer/node_data_builder.py of ai-edge-model-explorer 0.1.34.
TEST(ModelExplorerDataTest, TheChosenMetricByTheGraphsNodes) {
  Summary summary = graph::Residual();
  summary.add_columns()->set_id("macs");
  summary.mutable_columns(1)->set_title("MACs");
  (*summary.mutable_layers(3)->mutable_metrics())["macs"].set_total(7);
  FormatOptions options;
  options.columns = {"macs"};
  EXPECT_EQ(Formatted<ModelExplorerDataFormatter>(summary, options),
            json::parse(R"({"Net": {"name": "MACs",
                "gradient": [{"stop": 0, "bgColor": "#ffffff"},
                             {"stop": 1, "bgColor": "#93bce8"}],
                "results": {"blocks.0.conv": {"value": 7}}}})"));
}

TEST(ModelExplorerDataTest, EveryKeyIsANodeOfTheGraph) {
  for (const std::string& name : graph::HostileNames()) {
    SCOPED_TRACE(name.substr(0, 40));
    const Summary summary = graph::Hostile(name);
    const json graph = Formatted<ModelExplorerFormatter>(summary)["graphs"][0];
    const json data = Formatted<ModelExplorerDataFormatter>(summary);
    ASSERT_TRUE(data.contains(graph["id"].get<std::string>()));
    const json& results = data[graph["id"].get<std::string>()]["results"];
    EXPECT_EQ(results.size(), 2u);
    for (const auto& [id, result] : results.items()) {
      const std::string wanted = id;
      EXPECT_TRUE(
          std::any_of(graph["nodes"].begin(), graph["nodes"].end(),
                      [&](const json& node) { return node["id"] == wanted; }));
    }
  }
}

TEST(ModelExplorerDataTest, ColumnsThatAreNotThereAreRefused) {
  FormatOptions options;
  options.columns = {"no_such"};
  StringSink sink;
  EXPECT_THAT(
      ModelExplorerDataFormatter().Format(graph::Residual(), options, sink),
      IsError(absl::StatusCode::kInvalidArgument, "no_such"));
}

}  // namespace
}  // namespace strata::formatters
