#include "formatters/table/tree_rows.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/summary.pb.h"
#include "formatters/table/test_layers.h"
#include "formatters/table/test_summaries.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace strata::formatters::table {
namespace {

// "├─ name" of each row, "name×3" of those that stand for three.
std::vector<std::string> Drawn(const Summary& summary, int depth, bool fold,
                               int max_levels = 32) {
  TreeLines lines(GetGlyphs(/*unicode=*/false), max_levels);
  std::vector<std::string> drawn;
  for (const TreeRow& row : TreeRows(summary, depth, fold)) {
    drawn.push_back(absl::StrCat(lines.Next(row), row.layer->name()));
    if (row.count > 1) {
      absl::StrAppend(&drawn.back(), "..", row.last->name(), " x", row.count);
    }
  }
  return drawn;
}

Summary Tree(const std::vector<std::pair<int, std::string>>& layers) {
  Summary summary = EmptyModel("Root");
  for (const auto& [parent, name] : layers) {
    AddLayer(summary, parent, name, "T");
  }
  return summary;
}

TEST(TreeRowsTest, DrawsTheTree) {
  const Summary tree =
      Tree({{0, "a"}, {1, "b"}, {2, "c"}, {1, "d"}, {0, "e"}, {5, "f"}});
  EXPECT_THAT(Drawn(tree, 9, false),
              testing::ElementsAre("", "|- a", "|  |- b", "|  |  `- c",
                                   "|  `- d", "`- e", "   `- f"));
  EXPECT_THAT(Drawn(tree, 1, false), testing::ElementsAre("", "|- a", "`- e"));
  EXPECT_THAT(Drawn(tree, 0, false), testing::ElementsAre(""));
  EXPECT_THAT(Drawn(tree, -1, false), testing::ElementsAre(""));
}

TEST(TreeRowsTest, NumbersDeepLevels) {
  EXPECT_THAT(Drawn(Chain(13), 99, false, 4),
              testing::ElementsAre("", "`- inner", "   `- inner",
                                   "      `- inner", "         `- inner",
                                   "    ...5 `- inner", "    ...6 `- inner",
                                   "    ...7 `- inner", "    ...8 `- inner",
                                   "    ...9 `- inner", "   ...10 `- inner",
                                   "   ...11 `- inner", "   ...12 `- inner"));
}

TEST(TreeRowsTest, FoldsWhatIsAlike) {
  EXPECT_THAT(Drawn(Stages(), 2, true),
              testing::ElementsAre("", "|- layer1", "|  |- 0", "|  `- 1..2 x2",
                                   "`- layer2", "   `- 0..2 x3"));
}

TEST(TreeRowsTest, FoldsOnlyNeighbours) {
  Summary summary = Tree({{0, "a"}, {0, "b"}, {0, "c"}, {0, "d"}});
  summary.mutable_layers(2)->set_type("Other");
  EXPECT_THAT(Drawn(summary, 9, true),
              testing::ElementsAre("", "|- a", "|- b", "`- c..d x2"));
}

TEST(TreeRowsTest, WhatIsBelowTheDepthCountsToo) {
  const Summary names = Tree({{0, "a"}, {1, "x"}, {0, "b"}, {3, "y"}});
  EXPECT_THAT(Drawn(names, 1, true), testing::ElementsAre("", "|- a", "`- b"));
  const Summary shape = Tree({{0, "a"}, {1, "x"}, {0, "b"}});
  EXPECT_THAT(Drawn(shape, 1, true), testing::ElementsAre("", "|- a", "`- b"));
}

TEST(TreeRowsTest, EveryDifferenceCounts) {
  const std::vector<std::function<void(Layer&)>> differences = {
      [](Layer& l) { l.set_type("U"); },
      [](Layer& l) { l.set_full_type("other.T"); },
      [](Layer& l) { l.add_flags("shared"); },
      [](Layer& l) { l.add_calls(); },
      [](Layer& l) { l.add_calls()->add_inputs()->add_shape(1); },
      [](Layer& l) { l.add_parameters()->set_trainable(true); },
      [](Layer& l) { l.add_buffers()->set_name("b"); },
      [](Layer& l) { (*l.mutable_attributes())["groups"] = "1"; },
      [](Layer& l) { (*l.mutable_metrics())["macs"]; },
      [](Layer& l) { (*l.mutable_metrics())["macs"].set_total(0); },
  };
  for (size_t i = 0; i < differences.size(); ++i) {
    Summary summary = Tree({{0, "a"}, {0, "b"}});
    EXPECT_EQ(TreeRows(summary, 1, true).size(), 2u);
    differences[i](*summary.mutable_layers(2));
    EXPECT_EQ(TreeRows(summary, 1, true).size(), 3u) << i;
    differences[i](*summary.mutable_layers(1));
    EXPECT_EQ(TreeRows(summary, 1, true).size(), 2u) << i;
  }
}

}  // namespace
}  // namespace strata::formatters::table
