#include "plugins/metrics/params/params.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata::metrics {
namespace {

using testing::ElementsAre;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr std::nullopt_t kUnknown = std::nullopt;
using Value = std::optional<int64_t>;

ParameterInfo Weight(TensorSpec tensor, bool trainable = true) {
  return {"w", std::move(tensor), trainable};
}

MetricResults Collect(const ModuleTree& tree) {
  ParamsMetric metric;
  MetricResults results(static_cast<int>(metric.columns().size()), tree.size());
  metric.BeginRun(tree, RunInfo());
  EXPECT_THAT(metric.Collect(tree, results), IsOk());
  return results;
}

std::vector<Value> Values(const std::vector<Count>& counts) {
  std::vector<Value> values;
  for (Count count : counts) values.push_back(count.value());
  return values;
}
std::vector<Value> Self(const MetricResults& results) {
  return Values(results.self(0));
}
std::vector<Value> Total(MetricResults results) {
  return Values(results.total(0));
}
Value Model(const MetricResults& results, const std::string& name) {
  const auto found = results.model_totals().find(name);
  EXPECT_NE(found, results.model_totals().end()) << name;
  return found == results.model_totals().end() ? Value()
                                               : found->second.value();
}

TEST(ParamsTest, OneColumnWithoutARun) {
  const ParamsMetric metric;
  ASSERT_EQ(metric.columns().size(), 1u);
  EXPECT_EQ(metric.columns()[0].id, "params");
  EXPECT_EQ(metric.columns()[0].unit, "");
  EXPECT_EQ(metric.columns()[0].aggregation, Aggregation::kMetric);
  EXPECT_EQ(metric.needs(), MetricNeeds::kStructure);
}

TEST(ParamsTest, SelfTotalTrainableAndBytes) {
  ModuleTree tree = TreeOf({"", "conv", "head", "head.fc"});
  tree.modules[0].parameters = {Weight(Float({10}, 1))};
  tree.modules[1].parameters = {Weight(Float({8, 3, 5, 5}, 2), false),
                                Weight(TensorOf(DType::kFloat16, {8}, 3))};
  tree.modules[3].parameters = {Weight(TensorOf(DType::kFloat64, {4, 6}, 4))};
  const MetricResults results = Collect(tree);
  constexpr int64_t kConv = 8 * 3 * 5 * 5 + 8;
  EXPECT_THAT(Self(results), ElementsAre(10, kConv, 0, 4 * 6));
  EXPECT_THAT(Total(results),
              ElementsAre(10 + kConv + 4 * 6, kConv, 4 * 6, 4 * 6));
  EXPECT_EQ(Model(results, "params"), 10 + kConv + 4 * 6);
  EXPECT_EQ(Model(results, "trainable_params"), 10 + 8 + 4 * 6);
  EXPECT_EQ(Model(results, "non_trainable_params"), 8 * 3 * 5 * 5);
  EXPECT_EQ(Model(results, "param_bytes"),
            10 * 4 + 8 * 3 * 5 * 5 * 4 + 8 * 2 + 4 * 6 * 8);
  EXPECT_EQ(Model(results, "buffer_bytes"), 0);
}

// torchinfo.md, 15: an embedding whose table is the head's weight.
TEST(ParamsTest, TiedWeightsUnderOneParent) {
  ModuleTree tree = TreeOf({"", "embedding", "head"});
  tree.modules[1].parameters = {Weight(Float({1000, 64}, 1))};
  tree.modules[2].parameters = {Weight(Float({1000, 64}, 1))};
  const MetricResults results = Collect(tree);
  EXPECT_THAT(Self(results), ElementsAre(0, 1000 * 64, 0));
  EXPECT_THAT(Total(results), ElementsAre(1000 * 64, 1000 * 64, 1000 * 64));
  EXPECT_EQ(Model(results, "params"), 1000 * 64);
  EXPECT_EQ(Model(results, "param_bytes"), 1000 * 64 * 4);
}

// Each parent shows its distinct set; the first holder alone has it as self.
TEST(ParamsTest, TiedWeightsUnderDifferentParents) {
  ModuleTree tree = TreeOf({"", "enc", "enc.a", "enc.b", "dec", "dec.a"});
  tree.modules[2].parameters = {Weight(Float({5}, 1)), Weight(Float({100}, 2))};
  tree.modules[3].parameters = {Weight(Float({5}, 1)), Weight(Float({20}, 3))};
  tree.modules[5].parameters = {Weight(Float({5}, 1)), Weight(Float({7}, 4))};
  const MetricResults results = Collect(tree);
  EXPECT_THAT(Self(results), ElementsAre(0, 0, 5 + 100, 20, 0, 7));
  EXPECT_THAT(Total(results), ElementsAre(5 + 100 + 20 + 7, 5 + 100 + 20,
                                          5 + 100, 5 + 20, 5 + 7, 5 + 7));
  EXPECT_EQ(Model(results, "params"), 5 + 100 + 20 + 7);
}

// A parent and its child hold one tensor, and a second branch does too.
TEST(ParamsTest, SharedUpAndDown) {
  ModuleTree tree = TreeOf({"", "a", "a.b", "a.b.c", "d"});
  for (int holder : {1, 3, 4}) {
    tree.modules[holder].parameters = {Weight(Float({3}, 1))};
  }
  tree.modules[2].parameters = {Weight(Float({10}, 2))};
  const MetricResults results = Collect(tree);
  EXPECT_THAT(Self(results), ElementsAre(0, 3, 10, 0, 0));
  EXPECT_THAT(Total(results), ElementsAre(13, 13, 13, 3, 3));
}

// One branch at two paths: the same modules, so the same tensors.
TEST(ParamsTest, Siamese) {
  ModuleTree tree = TreeOf({"", "left", "left.fc", "right", "right.fc"});
  for (int holder : {2, 4}) {
    tree.modules[holder].parameters = {Weight(Float({4, 6}, 1)),
                                       Weight(Float({4}, 2))};
  }
  const MetricResults results = Collect(tree);
  constexpr int64_t kFc = 4 * 6 + 4;
  EXPECT_THAT(Self(results), ElementsAre(0, 0, kFc, 0, 0));
  EXPECT_THAT(Total(results), ElementsAre(kFc, kFc, kFc, kFc, kFc));
  EXPECT_EQ(Model(results, "trainable_params"), kFc);
}

TEST(ParamsTest, TwoNamesInOneModule) {
  ModuleTree tree = TreeOf({"", "a"});
  tree.modules[1].parameters = {Weight(Float({9}, 1)), Weight(Float({9}, 1))};
  const MetricResults results = Collect(tree);
  EXPECT_THAT(Self(results), ElementsAre(0, 9));
  EXPECT_THAT(Total(results), ElementsAre(9, 9));
  EXPECT_EQ(Model(results, "params"), 9);
}

TEST(ParamsTest, BuffersAreApart) {
  ModuleTree tree = TreeOf({"", "bn", "other"});
  tree.modules[1].parameters = {Weight(Float({64}, 1))};
  tree.modules[1].buffers = {Weight(Float({64}, 2)),
                             Weight(TensorOf(DType::kInt64, {}, 3))};
  tree.modules[2].buffers = {Weight(Float({64}, 2))};  // Shared: once.
  const MetricResults results = Collect(tree);
  EXPECT_THAT(Total(results), ElementsAre(64, 64, 0));
  EXPECT_EQ(Model(results, "params"), 64);
  EXPECT_EQ(Model(results, "param_bytes"), 64 * 4);
  EXPECT_EQ(Model(results, "buffer_bytes"), 64 * 4 + 8);
}

TEST(ParamsTest, BytesOfAnUnknownTypeAreUnknown) {
  ModuleTree tree = TreeOf({""});
  tree.modules[0].parameters = {Weight(Float({2}, 1)),
                                Weight(TensorOf(DType::kUnknown, {3}, 2))};
  tree.modules[0].buffers = {Weight(Float({2}, 3))};
  const MetricResults results = Collect(tree);
  EXPECT_EQ(Model(results, "params"), 2 + 3);
  EXPECT_EQ(Model(results, "param_bytes"), kUnknown);
  EXPECT_EQ(Model(results, "buffer_bytes"), 2 * 4);
}

TEST(ParamsTest, OverflowIsUnknown) {
  ModuleTree tree = TreeOf({"", "a", "b", "c"});
  tree.modules[1].parameters = {Weight(Float({kMax}, 1))};
  tree.modules[2].parameters = {Weight(Float({1}, 2), false)};
  tree.modules[3].parameters = {Weight(Float({kMax, 2}, 3))};
  const MetricResults results = Collect(tree);
  EXPECT_THAT(Self(results), ElementsAre(0, kMax, 1, kUnknown));
  EXPECT_THAT(Total(results), ElementsAre(kUnknown, kMax, 1, kUnknown));
  EXPECT_EQ(Model(results, "params"), kUnknown);
  EXPECT_EQ(Model(results, "trainable_params"), kUnknown);
  EXPECT_EQ(Model(results, "non_trainable_params"), 1);
  EXPECT_EQ(Model(results, "param_bytes"), kUnknown);
}

TEST(ParamsTest, NothingAndEmptyTensorsAreZero) {
  ModuleTree tree = TreeOf({"", "a"});
  tree.modules[1].parameters = {Weight(Float({0, 5}, 0))};
  const MetricResults results = Collect(tree);
  EXPECT_THAT(Self(results), ElementsAre(0, 0));
  EXPECT_EQ(Model(results, "params"), 0);
  EXPECT_EQ(Model(results, "param_bytes"), 0);
}

TEST(ParamsTest, ParametersThatAreNotListedAreUnknown) {
  ModuleTree tree = TreeOf({"", "packed", "plain"});
  tree.modules[1].parameters_known = false;
  tree.modules[2].parameters = {{"w", Float({2, 3}, 1), true}};
  MetricResults results(1, tree.size());
  ASSERT_THAT(ParamsMetric().Collect(tree, results), IsOk());
  EXPECT_FALSE(results.self(0)[1].known());
  EXPECT_EQ(results.total(0)[2], Count(2 * 3));
  EXPECT_FALSE(results.total(0)[0].known());
  for (const char* name :
       {"params", "trainable_params", "non_trainable_params", "param_bytes"}) {
    EXPECT_FALSE(results.model_totals().at(name).known()) << name;
  }
}

}  // namespace
}  // namespace strata::metrics
