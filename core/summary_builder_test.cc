#include "core/summary_builder.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

ParameterInfo Weight(Shape shape, uint64_t storage) {
  return {"w", Float(std::move(shape), storage), true};
}

std::vector<std::string> Flags(const Summary& summary, int layer) {
  const auto& flags = summary.layers(layer).flags();
  return {flags.begin(), flags.end()};
}

void Call(SummaryBuilder& builder, int module, int number) {
  CallModule(builder, module, number, {Float({2})}, {Float({3})});
}

TEST(SummaryBuilderTest, LayersAreTheTree) {
  ModuleTree tree = TreeOf({"", "a", "a.b"});
  tree.modules[2].parameters = {{"weight", Float({4, 3}, 1), true},
                                {"bias", Float({4}, 2), false}};
  tree.modules[2].buffers = {{"mean", TensorOf(DType::kInt64, {}, 3), false}};
  tree.modules[2].attributes = {{"groups", "1"}, {"stride", "[1, 1]"}};
  ModelInfo info;
  info.set_source("torchscript");
  info.set_file("m.pt");
  SummaryBuilder builder(tree, info);
  EXPECT_EQ(builder.file(), "m.pt");
  const Summary summary = builder.Build();

  EXPECT_EQ(summary.model().name(), "Root");
  EXPECT_EQ(summary.model().source(), "torchscript");
  EXPECT_EQ(summary.model().file(), "m.pt");
  ASSERT_EQ(summary.layers_size(), 3);
  EXPECT_EQ(summary.layers(0).parent(), -1);
  const Layer& layer = summary.layers(2);
  EXPECT_EQ(layer.id(), 2);
  EXPECT_EQ(layer.parent(), 1);
  EXPECT_EQ(layer.depth(), 2);
  EXPECT_EQ(layer.path(), "a.b");
  EXPECT_EQ(layer.name(), "b");
  EXPECT_EQ(layer.type(), "Tb");
  EXPECT_EQ(layer.full_type(), "test.Tb");
  ASSERT_EQ(layer.parameters_size(), 2);
  EXPECT_EQ(layer.parameters(0).name(), "weight");
  EXPECT_THAT(layer.parameters(0).shape(), ElementsAre(4, 3));
  EXPECT_EQ(layer.parameters(0).dtype(), "float32");
  EXPECT_TRUE(layer.parameters(0).trainable());
  EXPECT_FALSE(layer.parameters(1).trainable());
  ASSERT_EQ(layer.buffers_size(), 1);
  EXPECT_THAT(layer.buffers(0).shape(), IsEmpty());
  EXPECT_EQ(layer.buffers(0).dtype(), "int64");
  EXPECT_EQ(layer.attributes().at("stride"), "[1, 1]");
}

TEST(SummaryBuilderTest, CallsKeepEveryShape) {
  const ModuleTree tree = TreeOf({"", "a"});
  SummaryBuilder builder(tree, ModelInfo());
  builder.BeginRun(tree, {"cpu", true});
  CallModule(builder, 0, 0, {Float({2}), TensorOf(DType::kInt64, {5})}, {},
             [&] {
               CallModule(builder, 1, 0, {Float({2})}, {Float({3}), Float({})});
               CallModule(builder, 1, 1, {}, {Float({4})});
             });
  const Summary summary = builder.Build();

  EXPECT_EQ(summary.run().device(), "cpu");
  EXPECT_EQ(summary.run().mode(), "train");
  ASSERT_EQ(summary.run().inputs_size(), 2);
  EXPECT_EQ(summary.run().inputs(1).dtype(), "int64");
  EXPECT_EQ(summary.totals().at("input_bytes"), 2 * 4 + 5 * 8);
  ASSERT_EQ(summary.layers(1).calls_size(), 2);
  ASSERT_EQ(summary.layers(1).calls(0).outputs_size(), 2);
  EXPECT_THAT(summary.layers(1).calls(0).outputs(0).shape(), ElementsAre(3));
  EXPECT_THAT(summary.layers(1).calls(0).outputs(1).shape(), IsEmpty());
  EXPECT_EQ(summary.layers(1).calls(1).inputs_size(), 0);
}

TEST(SummaryBuilderTest, ARunThatFailedKeepsWhatThereWas) {
  const ModuleTree tree = TreeOf({"", "a", "b"});
  SummaryBuilder builder(tree, ModelInfo());
  EXPECT_FALSE(builder.ran());
  builder.BeginRun(tree, {"cpu", false});
  EXPECT_TRUE(builder.ran());
  const std::vector<TensorSpec> inputs = {Float({2})};
  builder.EnterModule({0, 0, inputs, {}});
  Call(builder, 1, 0);
  builder.EnterModule({1, 1, inputs, {}});
  builder.SetIncomplete("in 'a': no");
  const Summary summary = builder.Build();
  EXPECT_TRUE(summary.run().incomplete());
  EXPECT_EQ(summary.run().error(), "in 'a': no");
  ASSERT_EQ(summary.layers(0).calls_size(), 1);
  EXPECT_EQ(summary.layers(0).calls(0).inputs_size(), 1);
  EXPECT_EQ(summary.layers(0).calls(0).outputs_size(), 0);
  ASSERT_EQ(summary.layers(1).calls_size(), 2);
  EXPECT_EQ(summary.layers(1).calls(0).outputs_size(), 1);
  EXPECT_EQ(summary.layers(1).calls(1).outputs_size(), 0);
  EXPECT_THAT(Flags(summary, 2), ElementsAre("not_executed"));
  EXPECT_EQ(summary.totals().at("input_bytes"), 4 * 2);
}

TEST(SummaryBuilderTest, StructureOnlySaysNothingOfARun) {
  const ModuleTree tree = TreeOf({"", "a"});
  SummaryBuilder builder(tree, ModelInfo());
  builder.BeginRun(tree, RunInfo());
  const Summary summary = builder.Build();
  EXPECT_FALSE(summary.has_run());
  EXPECT_FALSE(summary.totals().contains("input_bytes"));
  EXPECT_THAT(Flags(summary, 1), IsEmpty());
}

// docs/contract.md: not_executed, shared, recursive, container.
TEST(SummaryBuilderTest, Flags) {
  ModuleTree tree = TreeOf({"", "once", "twice", "never", "list", "list.0",
                            "tied_a", "tied_b", "two_names", "view"});
  tree.modules[4].kind = ModuleKind::kContainer;
  tree.modules[6].parameters = {Weight({2, 3}, 1)};
  tree.modules[7].parameters = {Weight({2, 3}, 1)};
  tree.modules[8].parameters = {Weight({4}, 2), Weight({4}, 2)};
  tree.modules[9].parameters = {Weight({6}, 1)};
  SummaryBuilder builder(tree, ModelInfo());
  builder.BeginRun(tree, {"shape", false});
  for (int module : {0, 1, 2, 5, 6, 7, 8, 9}) Call(builder, module, 0);
  Call(builder, 2, 1);
  const Summary summary = builder.Build();

  EXPECT_THAT(Flags(summary, 0), IsEmpty());
  EXPECT_THAT(Flags(summary, 1), IsEmpty());
  EXPECT_THAT(Flags(summary, 2), ElementsAre("recursive"));
  EXPECT_THAT(Flags(summary, 3), ElementsAre("not_executed"));
  EXPECT_THAT(Flags(summary, 4), ElementsAre("container"));
  EXPECT_THAT(Flags(summary, 5), IsEmpty());
  EXPECT_THAT(Flags(summary, 6), ElementsAre("shared"));
  EXPECT_THAT(Flags(summary, 7), ElementsAre("shared"));
  // Held twice, but at no other path; and a view is another tensor.
  EXPECT_THAT(Flags(summary, 8), IsEmpty());
  EXPECT_THAT(Flags(summary, 9), IsEmpty());
}

TEST(SummaryBuilderTest, OneModuleAtTwoPathsIsShared) {
  ModuleTree tree = TreeOf({"", "a", "b", "c"});
  tree.modules[1].identity = 5;
  tree.modules[2].identity = 6;
  tree.modules[3].identity = 5;
  SummaryBuilder builder(tree, ModelInfo());
  builder.BeginRun(tree, {"shape", false});
  Call(builder, 0, 0);
  Call(builder, 1, 0);
  Call(builder, 1, 1);
  const Summary summary = builder.Build();
  EXPECT_THAT(Flags(summary, 0), IsEmpty());  // Identity 0 is not known.
  EXPECT_THAT(Flags(summary, 1), ElementsAre("shared", "recursive"));
  EXPECT_THAT(Flags(summary, 2), ElementsAre("not_executed"));
  EXPECT_THAT(Flags(summary, 3), ElementsAre("shared"));  // It ran, as a.
}

TEST(SummaryBuilderTest, EqualWarningsStandOnce) {
  const ModuleTree tree = TreeOf({""});
  SummaryBuilder builder(tree, ModelInfo());
  builder.Warn("one");
  builder.Warn("two");
  builder.Warn("one");
  MetricResults results(1, 1);
  results.Warn("two");
  results.Warn("three");
  builder.AddMetric("m", {{"m", "M", "", Aggregation::kSum}}, results);
  EXPECT_THAT(builder.Build().warnings(), ElementsAre("one", "two", "three"));
}

TEST(SummaryBuilderTest, InputBytesThatAreNotKnownAreAbsent) {
  for (const TensorSpec& input :
       {TensorOf(DType::kUnknown, {2}), Float({kMax, 2})}) {
    const ModuleTree tree = TreeOf({""});
    SummaryBuilder builder(tree, ModelInfo());
    builder.BeginRun(tree, {"cpu", false});
    CallModule(builder, 0, 0, {input}, {});
    EXPECT_FALSE(builder.Build().totals().contains("input_bytes"));
  }
}

TEST(SummaryBuilderTest, WhatTheModelWorkedOutIsMarkedAfterARun) {
  for (const bool runs : {true, false}) {
    const ModuleTree tree = TreeOf({"", "a", "b"});
    SummaryBuilder builder(tree, ModelInfo());
    RunInfo run;
    if (runs) run.device = "cpu";
    builder.BeginRun(tree, run);
    builder.SetInferred({1});
    const Summary summary = builder.Build();
    const auto is_inferred = testing::Contains("inferred");
    EXPECT_THAT(summary.layers(0).flags(), testing::Not(is_inferred));
    EXPECT_THAT(summary.layers(2).flags(), testing::Not(is_inferred));
    if (runs) {
      EXPECT_THAT(summary.layers(1).flags(), is_inferred);
    } else {
      EXPECT_THAT(summary.layers(1).flags(), testing::IsEmpty());
    }
  }
}

}  // namespace
}  // namespace strata
