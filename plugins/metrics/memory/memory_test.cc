#include "plugins/metrics/memory/memory.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata::metrics {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::nullopt_t kUnknown = std::nullopt;
using Value = std::optional<int64_t>;

int ColumnOf(const std::string& id) {
  const std::vector<MetricColumn> columns = MemoryMetric().columns();
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].id == id) return static_cast<int>(i);
  }
  ADD_FAILURE() << "no column " << id;
  return 0;
}

void Allocate(ModuleVisitor& visitor, uint64_t storage, int64_t bytes,
              int module) {
  visitor.VisitMemory({true, storage, bytes, module});
}
void Free(ModuleVisitor& visitor, uint64_t storage, int module) {
  visitor.VisitMemory({false, storage, 0, module});
}

// Two layers and a loss, in bytes:
//   a makes 100 and then 50, and gives the 50 back;
//   b makes 80, after which the 100 of a are given back, and then 10.
// Live: 100, 150, 100, 180 (the highest), 80, 90.
void RunTwoLayers(ModuleVisitor& visitor) {
  CallModule(visitor, 0, 0, {Float({5})}, {}, [&] {
    CallModule(visitor, 1, 0, {Float({5})}, {}, [&] {
      Allocate(visitor, 1, 100, 1);
      Allocate(visitor, 2, 50, 1);
      Free(visitor, 2, 1);
    });
    CallModule(visitor, 2, 0, {Float({25}), Float({2})}, {}, [&] {
      Allocate(visitor, 3, 80, 2);
      Free(visitor, 1, 2);
      Allocate(visitor, 4, 10, 2);
    });
  });
}

struct Collected {
  MetricResults results;
  std::vector<Value> Self(const std::string& id) const {
    std::vector<Value> values;
    for (Count count : results.self(ColumnOf(id)))
      values.push_back(count.value());
    return values;
  }
  std::vector<Value> Total(const std::string& id) {
    std::vector<Value> values;
    for (Count count : results.total(ColumnOf(id)))
      values.push_back(count.value());
    return values;
  }
};

Collected Collect(MemoryMetric& metric, const ModuleTree& tree) {
  Collected collected{
      MetricResults(static_cast<int>(metric.columns().size()), tree.size())};
  EXPECT_THAT(metric.Collect(tree, collected.results), IsOk());
  return collected;
}

const RunInfo kInference = {"cpu", false, false, true};
const RunInfo kTraining = {"cpu", true, true, true};

TEST(MemoryTest, ThePeakAndWhoMadeIt) {
  const ModuleTree tree = TreeOf({"", "a", "b", "c"});
  MemoryMetric metric;
  metric.BeginRun(tree, kInference);
  RunTwoLayers(metric);
  metric.EndRun();
  Collected collected = Collect(metric, tree);
  EXPECT_THAT(collected.Self("activation_bytes"), ElementsAre(0, 100, 80, 0));
  // While a ran, while b ran (all that lived, whoever made it); c never did.
  EXPECT_THAT(collected.Total("peak_bytes"), ElementsAre(180, 150, 180, 0));
  EXPECT_EQ(collected.results.model_totals().at("activation_peak_layer"),
            Count(2));
  EXPECT_THAT(collected.Total("input_bytes"), ElementsAre(20, 20, 108, 0));
  EXPECT_THAT(collected.results.warnings(), IsEmpty());
}

TEST(MemoryTest, WhatLivesAtTheEndOfTrainingIsSaved) {
  const ModuleTree tree = TreeOf({"", "a", "b"});
  MemoryMetric metric;
  metric.BeginRun(tree, kInference);
  metric.EndRun();
  metric.BeginRun(tree, kTraining);
  RunTwoLayers(metric);
  Free(metric, 4, 0);  // The output.
  metric.EndRun();
  Collected collected = Collect(metric, tree);
  EXPECT_THAT(collected.Self("saved_bytes"), ElementsAre(0, 0, 80));
  // The second run has nothing to do with inference.
  EXPECT_THAT(collected.Total("peak_bytes"), ElementsAre(0, 0, 0));
}

TEST(MemoryTest, TrainingThatFailedIsUnknown) {
  const ModuleTree tree = TreeOf({"", "a", "b"});
  MemoryMetric metric;
  metric.BeginRun(tree, kInference);
  RunTwoLayers(metric);
  metric.EndRun();
  metric.BeginRun(tree, kTraining);
  Allocate(metric, 1, 100, 1);  // And no EndRun.
  EXPECT_THAT(Collect(metric, tree).Self("saved_bytes"),
              ElementsAre(kUnknown, kUnknown, kUnknown));
}

TEST(MemoryTest, ASourceThatCannotTellIsUnknown) {
  const ModuleTree tree = TreeOf({"", "a", "b"});
  MemoryMetric metric;
  metric.BeginRun(tree, {"cpu", false});
  RunTwoLayers(metric);
  metric.EndRun();
  Collected collected = Collect(metric, tree);
  EXPECT_THAT(collected.Self("activation_bytes"),
              ElementsAre(kUnknown, kUnknown, kUnknown));
  EXPECT_THAT(collected.Total("peak_bytes"),
              ElementsAre(kUnknown, kUnknown, kUnknown));
  EXPECT_THAT(collected.results.warnings(), SizeIs(1));
}

TEST(MemoryTest, GradientsAndOptimizerStateOfTrainableParameters) {
  ModuleTree tree = TreeOf({"", "a", "b"});
  tree.modules[1].parameters = {{"w", Float({2, 3}, 1), true},
                                {"frozen", Float({100}, 2), false}};
  // The first one again, and one of half precision.
  tree.modules[2].parameters = {
      {"tied", Float({2, 3}, 1), true},
      {"half", TensorOf(DType::kFloat16, {5}, 3), true}};
  tree.modules[2].buffers = {{"mean", Float({7}, 4), false}};
  MemoryMetric metric;
  metric.BeginRun(tree, kInference);
  metric.EndRun();
  Collected collected = Collect(metric, tree);
  constexpr int64_t kW = 4 * 2 * 3;
  constexpr int64_t kHalf = 2 * 5;
  EXPECT_THAT(collected.Self("param_bytes"), ElementsAre(0, kW + 400, kHalf));
  EXPECT_THAT(collected.Total("param_bytes"),
              ElementsAre(kW + 400 + kHalf, kW + 400, kW + kHalf));
  EXPECT_THAT(collected.Total("buffer_bytes"), ElementsAre(28, 0, 28));
  EXPECT_THAT(collected.Total("gradient_bytes"),
              ElementsAre(kW + kHalf, kW, kW + kHalf));
  EXPECT_THAT(collected.Total("momentum_bytes"),
              ElementsAre(kW + kHalf, kW, kW + kHalf));
  // Two moments and a step of four bytes for each tensor.
  EXPECT_THAT(collected.Total("adam_bytes"),
              ElementsAre(2 * (kW + kHalf) + 2 * 4, 2 * kW + 4,
                          2 * (kW + kHalf) + 2 * 4));
  EXPECT_EQ(collected.results.model_totals().at("sgd_bytes"), Count(0));
}

TEST(MemoryTest, HiddenParametersAreUnknown) {
  ModuleTree tree = TreeOf({"", "a", "b"});
  tree.modules[1].parameters_known = false;
  MemoryMetric metric;
  metric.BeginRun(tree, kInference);
  metric.EndRun();
  Collected collected = Collect(metric, tree);
  for (const char* column :
       {"param_bytes", "gradient_bytes", "momentum_bytes", "adam_bytes"}) {
    EXPECT_THAT(collected.Total(column), ElementsAre(kUnknown, kUnknown, 0));
  }
}

TEST(LiveMemoryTest, ContainersHaveThePeakOfWhatTheyHold) {
  const ModuleTree tree = TreeOf({"", "list", "list.a", "list.b"});
  LiveMemory live(tree.size());
  for (const auto& [module, bytes] :
       std::vector<std::pair<int, int64_t>>{{2, 10}, {3, 30}, {2, 20}}) {
    live.Enter(module);
    // The one before is given back: until then it is alive, in a's second call
    // the 30 of b.
    live.See({true, 1, bytes, module});
    live.Leave();
  }
  EXPECT_THAT(live.PeaksWhileRunning(tree),
              ElementsAre(Count(30), Count(30), Count(30), Count(30)));
  EXPECT_EQ(live.peak(), Count(30));
  EXPECT_THAT(live.MadeNow(),
              ElementsAre(Count(0), Count(0), Count(20), Count(0)));
}

TEST(LiveMemoryTest, ARunThatFailedHasItsPeakUntilThen) {
  const ModuleTree tree = TreeOf({"", "a", "a.b"});
  LiveMemory live(tree.size());
  live.Enter(0);
  live.Enter(1);
  live.See({true, 1, 8, 1});
  live.Enter(2);
  live.See({true, 2, 4, 2});
  EXPECT_THAT(live.PeaksWhileRunning(tree),
              ElementsAre(Count(12), Count(12), Count(12)));
}

TEST(LiveMemoryTest, OddEventsDoNoHarm) {
  const ModuleTree tree = TreeOf({""});
  LiveMemory live(tree.size());
  live.Leave();
  live.See({false, 9, 100, 0});  // Never allocated.
  live.See({true, 1, 0, 0});
  live.See({true, 2, -5, 0});
  EXPECT_EQ(live.peak(), Count(0));
  live.See({true, 1, INT64_MAX, 0});
  live.See({true, 2, 1, 0});
  EXPECT_EQ(live.peak(), Count::Unknown());
  EXPECT_THAT(live.MadeAtPeak(), ElementsAre(Count::Unknown()));
}

}  // namespace
}  // namespace strata::metrics
