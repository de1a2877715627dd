#include "formatters/common/tree_rows.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/formatter.h"
#include "core/summary.pb.h"
#include "formatters/common/test_layers.h"
#include "formatters/common/test_summaries.h"
#include "formatters/common/tree_lines.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace strata::formatters {
namespace {

FormatOptions Options(int depth, bool fold = false) {
  FormatOptions options;
  options.depth = depth;
  options.fold = fold;
  return options;
}

// "├─ name" of each row, "name×3" of those that stand for three, "name!" of a
// parameter's.
std::vector<std::string> Drawn(const Summary& summary,
                               const FormatOptions& options,
                               int max_levels = 32) {
  TreeLines lines(GetGlyphs(/*unicode=*/false), max_levels);
  std::vector<std::string> drawn;
  const auto rows = TreeRows(summary, options);
  for (const TreeRow& row : *rows) {
    drawn.push_back(absl::StrCat(
        lines.Next(row), row.parameter == nullptr
                             ? row.layer->name()
                             : absl::StrCat(row.parameter->name(), "!")));
    if (row.count > 1) {
      absl::StrAppend(&drawn.back(), "..", *row.last_name, " x", row.count);
    }
  }
  return drawn;
}

std::vector<std::string> Drawn(const Summary& summary, int depth, bool fold,
                               int max_levels = 32) {
  return Drawn(summary, Options(depth, fold), max_levels);
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
      [](Layer& l) { l.add_shared_with("a.weight"); },
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
    EXPECT_EQ(TreeRows(summary, Options(1, true))->size(), 2u);
    differences[i](*summary.mutable_layers(2));
    EXPECT_EQ(TreeRows(summary, Options(1, true))->size(), 3u) << i;
    differences[i](*summary.mutable_layers(1));
    EXPECT_EQ(TreeRows(summary, Options(1, true))->size(), 2u) << i;
  }
}

TEST(TreeRowsTest, ParametersBesideChildrenHaveRows) {
  Summary summary = Tree({{0, "a"}, {1, "b"}, {0, "c"}});
  AddParameter(*summary.mutable_layers(0), "w", {2});
  AddParameter(*summary.mutable_layers(0), "v", {3});
  AddParameter(*summary.mutable_layers(1), "u", {2});
  AddParameter(*summary.mutable_layers(2), "t", {2});
  EXPECT_THAT(Drawn(summary, 9, false),
              testing::ElementsAre("", "|- w!", "|- v!", "|- a", "|  |- u!",
                                   "|  `- b", "`- c"));
  // They stand one level deeper than what holds them.
  EXPECT_THAT(Drawn(summary, 1, false),
              testing::ElementsAre("", "|- w!", "|- v!", "|- a", "`- c"));
  EXPECT_THAT(Drawn(summary, 0, false), testing::ElementsAre(""));
  // On request every layer's have.
  FormatOptions options = Options(9);
  options.parameter_rows = true;
  EXPECT_THAT(Drawn(summary, options),
              testing::ElementsAre("", "|- w!", "|- v!", "|- a", "|  |- u!",
                                   "|  `- b", "|     `- t!", "`- c"));
}

TEST(TreeRowsTest, FoldsParametersThatAreAlike) {
  Summary summary = Tree({{0, "a"}});
  Layer& root = *summary.mutable_layers(0);
  for (const char* name : {"0", "1", "2"}) AddParameter(root, name, {8, 8});
  AddParameter(root, "3", {8});
  AddParameter(root, "4", {8}).set_trainable(false);
  AddParameter(root, "5", {8}).set_dtype("float16");
  AddParameter(root, "6", {8}).set_shared_with("a.weight");
  EXPECT_THAT(Drawn(summary, 9, true),
              testing::ElementsAre("", "|- 0!..2 x3", "|- 3!", "|- 4!", "|- 5!",
                                   "|- 6!", "`- a"));
}

// `b` is the module `a` again, with all below it; `c` only has a tensor of it.
Summary ModuleTwice() {
  Summary summary =
      Tree({{0, "a"}, {1, "x"}, {0, "b"}, {3, "x"}, {0, "c"}, {0, "d"}});
  const std::vector<std::pair<const char*, const char*>> paths = {
      {"", ""},       {"a", "b"},          {"a.x", "b.x"}, {"b", "a"},
      {"b.x", "a.x"}, {"c", "a.x.weight"}, {"d", ""}};
  for (int i = 1; i < summary.layers_size(); ++i) {
    Layer& layer = *summary.mutable_layers(i);
    layer.set_path(paths[i].first);
    if (*paths[i].second != '\0') layer.add_shared_with(paths[i].second);
  }
  return summary;
}

TEST(TreeRowsTest, HidesAModuleThatHasARowAlready) {
  FormatOptions options = Options(9);
  options.hide_recursive = true;
  Summary summary = ModuleTwice();
  EXPECT_THAT(Drawn(summary, options),
              testing::ElementsAre("", "|- a", "|  `- x", "|- c", "`- d"));
  // As the last of its siblings, and as the only one.
  summary.mutable_layers(6)->add_shared_with("a");
  summary.mutable_layers(2)->add_shared_with("a");
  AddParameter(*summary.mutable_layers(1), "w", {2});
  EXPECT_THAT(Drawn(summary, options),
              testing::ElementsAre("", "|- a", "|  `- w!", "`- c"));
  EXPECT_EQ(Drawn(summary, 9, false).size(), 8u);
}

TEST(TreeRowsTest, FoldsOverWhatIsHidden) {
  Summary summary = Tree({{0, "a"}, {0, "b"}, {0, "c"}});
  summary.mutable_layers(1)->set_path("a");
  summary.mutable_layers(2)->add_shared_with("a");
  FormatOptions options = Options(9, true);
  EXPECT_EQ(Drawn(summary, options).size(), 4u);
  options.hide_recursive = true;
  EXPECT_THAT(Drawn(summary, options), testing::ElementsAre("", "`- a..c x2"));
}

TEST(TreeRowsTest, DepthNumbersCountHiddenLayersToo) {
  FormatOptions options = Options(9);
  options.hide_recursive = true;
  const Summary summary = ModuleTwice();
  std::vector<std::pair<int, int>> numbers;
  for (bool depth_index : {false, true}) {
    options.depth_index = depth_index;
    numbers.clear();
    const auto rows = TreeRows(summary, options);
    for (const TreeRow& row : *rows) {
      numbers.push_back({row.depth, row.depth_number});
    }
    if (!depth_index) {
      EXPECT_THAT(numbers, testing::Each(testing::Pair(testing::_, 0)));
    }
  }
  using Number = std::pair<int, int>;
  EXPECT_THAT(numbers,
              testing::ElementsAre(Number(0, 1), Number(1, 1), Number(2, 1),
                                   Number(1, 3), Number(1, 4)));
}

}  // namespace
}  // namespace strata::formatters
