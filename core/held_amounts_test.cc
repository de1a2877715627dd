#include "core/held_amounts.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// A float32 tensor that shows a storage of `storage_elements` from `offset` on.
ParameterInfo View(Shape shape, uint64_t storage, int64_t offset,
                   int64_t storage_elements) {
  TensorSpec spec = Float(std::move(shape), storage);
  spec.storage_offset = offset;
  spec.storage_bytes = 4 * storage_elements;
  return {"w", spec, true};
}

// "bytes: holders"
std::vector<std::string> Bytes(const ModuleTree& tree) {
  std::vector<std::string> texts;
  for (const HeldAmount& held : HeldBytes(tree, &Module::parameters)) {
    texts.push_back(
        held.amount.known() ? absl::StrCat(*held.amount.value(), ":") : "?:");
    for (int holder : held.holders) {
      absl::StrAppend(&texts.back(), " ", holder);
    }
  }
  return texts;
}

ModuleTree ThreeModules(std::vector<ParameterInfo> a,
                        std::vector<ParameterInfo> b) {
  ModuleTree tree = TreeOf({"", "a", "b"});
  tree.modules[1].parameters = std::move(a);
  tree.modules[2].parameters = std::move(b);
  return tree;
}

TEST(HeldBytesTest, ATensorCountsOnce) {
  EXPECT_THAT(
      Bytes(ThreeModules({View({2, 3}, 1, 0, 6)}, {View({2, 3}, 1, 0, 6)})),
      ElementsAre("24: 1 2"));
}

TEST(HeldBytesTest, HalvesOfOneStorageAreApart) {
  // As the flattened weights of an LSTM are.
  EXPECT_THAT(Bytes(ThreeModules({View({4}, 1, 6, 10)}, {View({6}, 1, 0, 10)})),
              ElementsAre("24: 2", "16: 1"));
}

TEST(HeldBytesTest, OverlappingViewsAreCut) {
  // a: [0, 6), b: [4, 10) of ten elements.
  EXPECT_THAT(Bytes(ThreeModules({View({6}, 1, 0, 10)}, {View({6}, 1, 4, 10)})),
              ElementsAre("16: 1", "8: 1 2", "16: 2"));
  // One inside of the other.
  EXPECT_THAT(
      Bytes(ThreeModules({View({2}, 1, 4, 10)}, {View({5, 2}, 1, 0, 10)})),
      ElementsAre("16: 2", "8: 1 2", "16: 2"));
}

TEST(HeldBytesTest, AViewCountsWhatItShows) {
  // 2 of a storage of 1,000 elements; and one element shown 50 times.
  EXPECT_THAT(
      Bytes(ThreeModules({View({2}, 1, 0, 1000)}, {View({50}, 2, 0, 1)})),
      UnorderedElementsAre("8: 1", "4: 2"));
}

TEST(HeldBytesTest, NothingAndUnknown) {
  EXPECT_THAT(Bytes(TreeOf({"", "a"})), IsEmpty());
  ParameterInfo unknown = View({2}, 3, 0, 2);
  unknown.tensor.dtype = DType::kUnknown;
  EXPECT_THAT(Bytes(ThreeModules({unknown}, {View({0}, 1, 0, 5)})),
              ElementsAre("?: 1"));
  // Without the storage's size, tensors are told apart as wholes.
  EXPECT_THAT(Bytes(ThreeModules({View({2}, 1, 0, 0)}, {View({2}, 1, 0, 0)})),
              ElementsAre("8: 1 2"));
}

TEST(HeldAmountsTest, FirstHoldersAddUpAndSubtreesCountOnce) {
  // 10 held by a.x and b, 5 by b alone.
  const ModuleTree tree = TreeOf({"", "a", "a.x", "b"});
  const std::vector<HeldAmount> amounts = {{10, {2, 3}}, {5, {3}}};
  const std::vector<Count> none(4, 0);
  EXPECT_THAT(FirstHeld(amounts, none),
              ElementsAre(Count(0), Count(0), Count(10), Count(5)));
  EXPECT_THAT(SubtreeHeld(tree, amounts, none),
              ElementsAre(Count(15), Count(10), Count(10), Count(15)));
}

TEST(HeldAmountsTest, UnknownStaysWithThoseAbove) {
  const ModuleTree tree = TreeOf({"", "a", "a.x", "b"});
  const std::vector<HeldAmount> amounts = {{Count::Unknown(), {2}}, {5, {3}}};
  const std::vector<Count> none(4, 0);
  EXPECT_THAT(SubtreeHeld(tree, amounts, none),
              ElementsAre(Count::Unknown(), Count::Unknown(), Count::Unknown(),
                          Count(5)));
}

}  // namespace
}  // namespace strata
