// Of plugin_conformance: the rules of metrics.

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/summarizer.h"
#include "core/summary.pb.h"
#include "tests/conformance_tools.h"
#include "tests/odd_run.h"
#include "tests/plugin_under_test.h"
#include "tests/testing.h"

namespace strata {
namespace {

// Where all `self` values are known. Only nearly, for they are rounded.
void ExpectRealsAddUp(const Summary& summary, const std::string& id) {
  double sum = 0;
  double size = 0;
  for (const Layer& layer : summary.layers()) {
    const auto value = layer.metrics().find(id);
    if (value == layer.metrics().end() || !value->second.has_real_self()) {
      return;
    }
    sum += value->second.real_self();
    size += std::abs(value->second.real_self());
  }
  EXPECT_NEAR(sum, summary.layers(0).metrics().at(id).real_total(), 1e-9 * size)
      << id;
}

TEST(Conformance, MetricKeepsTheInvariants) {
  if (DescriptorOfThisPlugin().kind != "metric") return;
  CatchStandardOutput caught;
  PluginHost host = HostOfThisPlugin();
  ModuleTree tree = TreeOf({"", "a", "a.<b>\"'", "c"});
  tree.modules[1].parameters = {{"w", Float({2, 3}, 1), true}};
  tree.modules[3].parameters = {{"w", Float({2, 3}, 1), true},
                                {"", Float({0}, 2), false}};
  FakeModel model(tree, OddRun);
  Summarizer summarizer(host);
  summarizer.Metrics({TestedPlugin().name}).Inputs({{{2, 3}, DType::kFloat32}});
  summarizer.Device("fake");
  for (const std::string& used : DescriptorOfThisPlugin().uses) {
    summarizer.AddMetric(used, std::make_unique<StandInMetric>(used));
  }
  ASSERT_OK_AND_ASSIGN(const std::vector<Column> columns, summarizer.Columns());
  ASSERT_FALSE(columns.empty());
  for (const Column& column : columns) {
    EXPECT_THAT(column.id(), ::testing::MatchesRegex("[a-z][a-z0-9_]*"));
    EXPECT_FALSE(column.title().empty());
  }
  ASSERT_OK_AND_ASSIGN(const Summary summary,
                       summarizer.Summarize(model, ModelInfo()));
  for (const std::string& warning : summary.warnings()) {
    EXPECT_THAT(warning, ::testing::Not(::testing::HasSubstr("failed")));
  }
  for (const Column& column : columns) {
    if (column.real()) {
      ExpectRealsAddUp(summary, column.id());
      continue;
    }
    int64_t sum = 0;
    bool known = true;
    for (const Layer& layer : summary.layers()) {
      const auto value = layer.metrics().find(column.id());
      known &= value != layer.metrics().end() && value->second.has_self();
      if (known) sum += value->second.self();
    }
    if (!known) continue;
    EXPECT_EQ(sum, summary.layers(0).metrics().at(column.id()).total())
        << column.id();
  }
  EXPECT_EQ(caught.Text(), "");
}

}  // namespace
}  // namespace strata
