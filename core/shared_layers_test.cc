#include "core/shared_layers.h"

#include <string>
#include <vector>

#include "core/summary.pb.h"
#include "core/summary_builder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

ParameterInfo Named(std::string name, uint64_t storage) {
  return {std::move(name), Float({2}, storage), true};
}

std::vector<std::string> With(const Summary& summary, int layer) {
  const auto& with = summary.layers(layer).shared_with();
  return {with.begin(), with.end()};
}

TEST(SharedLayersTest, OneModuleAtThreePlacesNamesTheFirstOther) {
  ModuleTree tree = TreeOf({"", "a", "b", "b.c", "d"});
  for (int i : {1, 3, 4}) {
    tree.modules[i].identity = 7;
    tree.modules[i].parameters = {Named("w", 1)};
  }
  const Summary summary = SummaryBuilder(tree, ModelInfo()).Build();
  EXPECT_THAT(With(summary, 1), ElementsAre("b.c"));
  EXPECT_THAT(With(summary, 2), IsEmpty());
  EXPECT_THAT(With(summary, 3), ElementsAre("a"));
  EXPECT_THAT(With(summary, 4), ElementsAre("a"));
  EXPECT_EQ(summary.layers(1).parameters(0).shared_with(), "b.c.w");
  EXPECT_EQ(summary.layers(4).parameters(0).shared_with(), "a.w");
}

TEST(SharedLayersTest, OneTensorInTwoModulesNamesTheTensor) {
  ModuleTree tree = TreeOf({"", "embedding", "head"});
  tree.modules[0].parameters = {Named("scale", 2)};
  tree.modules[1].parameters = {Named("weight", 1)};
  tree.modules[2].parameters = {Named("bias", 3), Named("kernel", 1),
                                Named("gain", 2)};
  const Summary summary = SummaryBuilder(tree, ModelInfo()).Build();
  EXPECT_THAT(With(summary, 0), ElementsAre("head.gain"));
  EXPECT_THAT(With(summary, 1), ElementsAre("head.kernel"));
  EXPECT_THAT(With(summary, 2), ElementsAre("scale", "embedding.weight"));
  EXPECT_EQ(summary.layers(2).parameters(0).shared_with(), "");
  EXPECT_EQ(summary.layers(2).parameters(1).shared_with(), "embedding.weight");
}

TEST(SharedLayersTest, TwoNamesInOneModuleAreNotAnotherPlace) {
  ModuleTree tree = TreeOf({"", "a"});
  tree.modules[1].parameters = {Named("v", 1), Named("w", 1)};
  const Summary summary = SummaryBuilder(tree, ModelInfo()).Build();
  EXPECT_THAT(With(summary, 1), IsEmpty());
  EXPECT_THAT(summary.layers(1).flags(), IsEmpty());
  EXPECT_EQ(summary.layers(1).parameters(0).shared_with(), "a.w");
  EXPECT_EQ(summary.layers(1).parameters(1).shared_with(), "a.v");
}

}  // namespace
}  // namespace strata
