// The numbers of core/summary_builder.h: `self`, `total` and `totals`.

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/summary_builder.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr std::nullopt_t kUnknown = std::nullopt;

// "self/total" of one layer in column "m", "-" for what is absent.
std::string Cell(const Summary& summary, int layer) {
  const auto& metrics = summary.layers(layer).metrics();
  const auto value = metrics.find("m");
  if (value == metrics.end()) return "none";
  const MetricValue& m = value->second;
  return (m.has_self() ? std::to_string(m.self()) : "-") + "/" +
         (m.has_total() ? std::to_string(m.total()) : "-");
}

struct Row {
  const char* what;
  std::vector<Count> self;
  std::vector<std::string> cells;
  std::optional<int64_t> model;
};

// Tree: root - a - a.b, a.c; root - d.
TEST(SummaryTotalsTest, TotalsAreTheSumOfTheSubtree) {
  const Count unknown = Count::Unknown();
  const Row rows[] = {
      {"all known",
       {1, 2, 4, 8, 16},
       {"1/31", "2/14", "4/4", "8/8", "16/16"},
       1 + 2 + 4 + 8 + 16},
      {"a zero is a claim",
       {0, 0, 0, 0, 0},
       {"0/0", "0/0", "0/0", "0/0", "0/0"},
       0},
      {"an unknown leaf makes all above it unknown, and nothing else",
       {1, 2, unknown, 8, 16},
       {"1/-", "2/-", "none", "8/8", "16/16"},
       kUnknown},
      {"an unknown parent leaves its children known",
       {unknown, 2, 4, 8, 16},
       {"none", "2/14", "4/4", "8/8", "16/16"},
       kUnknown},
      {"overflow is unknown",
       {0, 0, kMax, 1, 16},
       {"0/-", "0/-", std::to_string(kMax) + "/" + std::to_string(kMax), "1/1",
        "16/16"},
       kUnknown},
      {"nothing known",
       {unknown, unknown, unknown, unknown, unknown},
       {"none", "none", "none", "none", "none"},
       kUnknown},
  };
  const ModuleTree tree = TreeOf({"", "a", "a.b", "a.c", "d"});
  for (const Row& row : rows) {
    SCOPED_TRACE(row.what);
    SummaryBuilder builder(tree, ModelInfo());
    MetricResults results(1, tree.size());
    for (int i = 0; i < tree.size(); ++i) results.SetSelf(0, i, row.self[i]);
    builder.AddMetric("plugin", {{"m", "M", "us", Aggregation::kSum}}, results);
    const Summary summary = builder.Build();
    for (int i = 0; i < tree.size(); ++i) {
      EXPECT_EQ(Cell(summary, i), row.cells[i]) << i;
    }
    const auto model = summary.totals().find("m");
    ASSERT_EQ(model != summary.totals().end(), row.model.has_value());
    if (row.model) {
      EXPECT_EQ(model->second, *row.model);
    }
    ASSERT_EQ(summary.columns_size(), 1);
    EXPECT_EQ(summary.columns(0).id(), "m");
    EXPECT_EQ(summary.columns(0).metric(), "plugin");
    EXPECT_EQ(summary.columns(0).title(), "M");
    EXPECT_EQ(summary.columns(0).unit(), "us");
  }
}

TEST(SummaryTotalsTest, MetricsMayGiveTheirOwnTotals) {
  const ModuleTree tree = TreeOf({"", "a", "b"});
  SummaryBuilder builder(tree, ModelInfo());
  MetricResults results(1, tree.size());
  results.SetSelf(0, 0, 1);
  results.SetTotal(0, 0, 100);
  results.SetSelf(0, 1, 2);  // Its total is not known.
  results.SetTotal(0, 2, 7);
  builder.AddMetric("p", {{"m", "M", "", Aggregation::kMetric}}, results);
  const Summary summary = builder.Build();
  EXPECT_EQ(Cell(summary, 0), "1/100");
  EXPECT_EQ(Cell(summary, 1), "2/-");
  EXPECT_EQ(Cell(summary, 2), "-/7");
  EXPECT_EQ(summary.totals().at("m"), 100);
}

TEST(SummaryTotalsTest, SeveralColumnsAndModelTotals) {
  const ModuleTree tree = TreeOf({"", "a"});
  SummaryBuilder builder(tree, ModelInfo());
  MetricResults results(2, tree.size());
  for (int i = 0; i < 2; ++i) {
    results.SetSelf(0, i, 10);
    results.SetSelf(1, i, 1);
  }
  results.SetModelTotal("extra", 5);
  results.SetModelTotal("not_known", Count::Unknown());
  builder.AddMetric(
      "p",
      {{"m", "M", "", Aggregation::kSum}, {"n", "N", "", Aggregation::kSum}},
      results);
  const Summary summary = builder.Build();
  EXPECT_EQ(summary.totals().at("m"), 10 + 10);
  EXPECT_EQ(summary.totals().at("n"), 1 + 1);
  EXPECT_EQ(summary.totals().at("extra"), 5);
  EXPECT_FALSE(summary.totals().contains("not_known"));
}

// Gives what `params` gives to a builder with an input of one float.
Summary WithBytes(Count parameters, Count buffers,
                  DType input = DType::kFloat32) {
  static const ModuleTree tree = TreeOf({""});
  SummaryBuilder builder(tree, ModelInfo());
  builder.BeginRun(tree, {"cpu", false});
  CallModule(builder, 0, 0, {TensorOf(input, {1})}, {});
  MetricResults results(0, tree.size());
  results.SetModelTotal("param_bytes", parameters);
  results.SetModelTotal("buffer_bytes", buffers);
  builder.AddMetric("params", {}, results);
  return builder.Build();
}

TEST(SummaryTotalsTest, TotalBytes) {
  EXPECT_EQ(WithBytes(100, 20).totals().at("total_bytes"), 4 + 100 + 20);
  EXPECT_FALSE(WithBytes(kMax, 20).totals().contains("total_bytes"));
}

// docs/contract.md: a value that is not known is absent. A sum that leaves out
// what it does not know is no total.
TEST(SummaryTotalsTest, TotalBytesAreUnknownWhereAPartIs) {
  const Count unknown = Count::Unknown();
  EXPECT_FALSE(WithBytes(unknown, 20).totals().contains("total_bytes"));
  EXPECT_FALSE(WithBytes(100, unknown).totals().contains("total_bytes"));
  EXPECT_FALSE(
      WithBytes(100, 20, DType::kUnknown).totals().contains("total_bytes"));
}

}  // namespace
}  // namespace strata
