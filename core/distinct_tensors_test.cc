#include "core/distinct_tensors.h"

#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

using testing::ElementsAre;

ParameterInfo Parameter(std::string name, TensorSpec tensor) {
  return {std::move(name), std::move(tensor), true};
}

TensorSpec At(TensorSpec tensor, int64_t offset) {
  tensor.storage_offset = offset;
  return tensor;
}

// "name of the first holder's: holders", one for each distinct tensor.
std::vector<std::string> Found(const ModuleTree& tree) {
  std::vector<std::string> found;
  for (const DistinctTensor& tensor :
       FindDistinctTensors(tree, &Module::parameters)) {
    found.push_back(tensor.info->name + ":");
    for (int holder : tensor.holders) {
      found.back() += " " + std::to_string(holder);
    }
  }
  return found;
}

TEST(DistinctTensorsTest, SharedTensorsStandOnceWithEveryHolder) {
  ModuleTree tree = TreeOf({"", "a", "b", "b.c"});
  tree.modules[1].parameters = {Parameter("w", Float({2, 3}, 7)),
                                Parameter("bias", Float({2}, 8))};
  tree.modules[2].parameters = {Parameter("other", Float({2, 3}, 9))};
  tree.modules[3].parameters = {Parameter("tied", Float({2, 3}, 7))};
  EXPECT_THAT(Found(tree), ElementsAre("w: 1 3", "bias: 1", "other: 2"));
}

TEST(DistinctTensorsTest, TwoNamesInOneModule) {
  ModuleTree tree = TreeOf({"", "a"});
  tree.modules[1].parameters = {Parameter("w", Float({2}, 7)),
                                Parameter("alias", Float({2}, 7))};
  EXPECT_THAT(Found(tree), ElementsAre("w: 1 1"));
}

TEST(DistinctTensorsTest, ViewsThatShowSomethingElseAreDistinct) {
  ModuleTree tree = TreeOf({""});
  TensorSpec half = Float({4}, 7);
  half.dtype = DType::kFloat16;
  tree.modules[0].parameters = {
      Parameter("all", Float({4}, 7)),
      Parameter("other shape", Float({2, 2}, 7)),
      Parameter("other offset", At(Float({4}, 7), 4)),
      Parameter("other dtype", half),
      Parameter("same view", At(Float({4}, 7), 4)),
  };
  EXPECT_THAT(Found(tree), ElementsAre("all: 0", "other shape: 0",
                                       "other offset: 0 0", "other dtype: 0"));
}

TEST(DistinctTensorsTest, StorageZeroIsNeverShared) {
  ModuleTree tree = TreeOf({"", "a", "b"});
  tree.modules[1].parameters = {Parameter("w", Float({2}, 0)),
                                Parameter("v", Float({2}, 0))};
  tree.modules[2].parameters = {Parameter("w", Float({2}, 0))};
  EXPECT_THAT(Found(tree), ElementsAre("w: 1", "v: 1", "w: 2"));
}

TEST(DistinctTensorsTest, BuffersAreApart) {
  ModuleTree tree = TreeOf({"", "a"});
  tree.modules[0].buffers = {Parameter("mean", Float({2}, 7))};
  tree.modules[1].parameters = {Parameter("w", Float({2}, 7))};
  EXPECT_THAT(Found(tree), ElementsAre("w: 1"));
  const auto buffers = FindDistinctTensors(tree, &Module::buffers);
  ASSERT_EQ(buffers.size(), 1u);
  EXPECT_EQ(buffers[0].info->name, "mean");
}

TEST(DistinctTensorsTest, NothingInAnEmptyModel) {
  EXPECT_THAT(Found(TreeOf({""})), ElementsAre());
}

TEST(CommonAncestorTest, DeepestModuleThatHoldsBoth) {
  //                         0   1    2      3        4      5
  const ModuleTree tree = TreeOf({"", "a", "a.b", "a.b.c", "a.d", "e"});
  struct {
    int a;
    int b;
    int ancestor;
  } const rows[] = {
      {0, 0, 0}, {3, 3, 3},  // Itself.
      {2, 3, 2}, {1, 3, 1},  // One holds the other.
      {3, 4, 1}, {2, 4, 1}, {3, 5, 0}, {1, 5, 0}, {0, 5, 0},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(testing::Message() << row.a << ", " << row.b);
    EXPECT_EQ(CommonAncestor(tree, row.a, row.b), row.ancestor);
    EXPECT_EQ(CommonAncestor(tree, row.b, row.a), row.ancestor);
  }
}

}  // namespace
}  // namespace strata
