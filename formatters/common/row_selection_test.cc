#include "formatters/common/row_selection.h"

#include <chrono>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "formatters/common/test_layers.h"
#include "formatters/common/test_summaries.h"
#include "formatters/common/tree_rows.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata::formatters {
namespace {

// Two blocks of two layers: "", 0, 0.a, 0.b, 1, 1.a, 1.b, head.
Summary Blocks() {
  Summary summary = EmptyModel("Root");
  for (int block = 0; block < 2; ++block) {
    AddLayer(summary, 0, absl::StrCat(block), "Block");
    const int parent = summary.layers_size() - 1;
    AddLayer(summary, parent, "a", "Conv2d");
    AddLayer(summary, parent, "b", "Linear");
  }
  AddLayer(summary, 0, "head", "Linear");
  for (Layer& layer : *summary.mutable_layers()) {
    if (layer.depth() == 0) continue;
    const std::string& above = summary.layers(layer.parent()).path();
    layer.set_path(above.empty() ? layer.name()
                                 : absl::StrCat(above, ".", layer.name()));
  }
  return summary;
}

FormatOptions Options(int depth, std::vector<std::string> expand,
                      std::string match = "") {
  FormatOptions options;
  options.depth = depth;
  options.expand = std::move(expand);
  options.match = std::move(match);
  return options;
}

// Paths of rows, "×2" behind one that stands for two.
std::vector<std::string> Paths(const Summary& summary,
                               const FormatOptions& options) {
  std::vector<std::string> paths;
  const auto rows = TreeRows(summary, options);
  EXPECT_THAT(rows, IsOk());
  for (const TreeRow& row : *rows) {
    paths.push_back(row.layer->path());
    if (row.parameter != nullptr) {
      absl::StrAppend(&paths.back(), "!", row.parameter->name());
    }
    if (row.count > 1) absl::StrAppend(&paths.back(), "×", row.count);
  }
  return paths;
}

TEST(RowSelectionTest, ExpandShowsASubtreeAndWhatItIsIn) {
  for (const auto& [options, paths] :
       std::vector<std::pair<FormatOptions, std::vector<std::string>>>{
           {Options(1, {}), {"", "0", "1", "head"}},
           {Options(1, {"1"}), {"", "0", "1", "1.a", "1.b", "head"}},
           {Options(1, {"0.b"}), {"", "0", "0.b", "1", "head"}},
           {Options(0, {"0.b"}), {"", "0", "0.b"}},
           {Options(0, {"0.b", "1.a"}), {"", "0", "0.b", "1", "1.a"}},
           {Options(0, {""}),
            {"", "0", "0.a", "0.b", "1", "1.a", "1.b", "head"}},
       }) {
    EXPECT_EQ(Paths(Blocks(), options), paths);
  }
}

TEST(RowSelectionTest, MatchShowsWhatItFindsAndWhatThatIsIn) {
  for (const auto& [match, paths] :
       std::vector<std::pair<std::string, std::vector<std::string>>>{
           {"^Conv2d$", {"", "0", "0.a", "1", "1.a"}},
           {"^1\\.", {"", "1", "1.a", "1.b"}},
           {"^head$", {"", "head"}},
           {"^Block$", {"", "0", "1"}},
           {"nothing", {""}},
       }) {
    // However deep they are, and whatever the depth is.
    for (int depth : {0, 1, 100}) {
      EXPECT_EQ(Paths(Blocks(), Options(depth, {}, match)), paths) << match;
    }
  }
  EXPECT_THAT(Paths(Blocks(), Options(0, {"1"}, "^head$")),
              testing::ElementsAre("", "1", "1.a", "1.b", "head"));
}

TEST(RowSelectionTest, OnlyWhatLooksTheSameIsFolded) {
  FormatOptions options = Options(9, {});
  options.fold = true;
  EXPECT_THAT(Paths(Blocks(), options),
              testing::ElementsAre("", "0×2", "0.a", "0.b", "head"));
  options.match = "^Conv2d$";
  EXPECT_THAT(Paths(Blocks(), options), testing::ElementsAre("", "0×2", "0.a"));
  options.match = "0.a|1.b";
  EXPECT_THAT(Paths(Blocks(), options),
              testing::ElementsAre("", "0", "0.a", "1", "1.b"));
  options.match = "";
  options.depth = 1;
  options.expand = {"1"};
  EXPECT_THAT(Paths(Blocks(), options),
              testing::ElementsAre("", "0", "1", "1.a", "1.b", "head"));
}

TEST(RowSelectionTest, ParametersStandBelowWhatIsFound) {
  Summary summary = Blocks();
  AddParameter(*summary.mutable_layers(1), "w", {2});
  AddParameter(*summary.mutable_layers(4), "w", {2});
  EXPECT_THAT(Paths(summary, Options(0, {"0"})),
              testing::ElementsAre("", "0", "0!w", "0.a", "0.b"));
  EXPECT_THAT(Paths(summary, Options(0, {}, "^1$|^0.a$")),
              testing::ElementsAre("", "0", "0.a", "1", "1!w"));
}

TEST(RowSelectionTest, Errors) {
  EXPECT_THAT(TreeRows(Blocks(), Options(3, {"0.c"})),
              IsError(absl::StatusCode::kInvalidArgument,
                      "--expand: the model has no module '0.c'"));
  EXPECT_THAT(TreeRows(Blocks(), Options(3, {}, "(")),
              IsError(absl::StatusCode::kInvalidArgument,
                      "'(' is no regular expression"));
  EXPECT_THAT(TreeRows(Summary(), Options(3, {}, "a")), IsOk());
}

TEST(RowSelectionTest, TheNoteCounts) {
  for (const auto& [match, note] :
       std::vector<std::pair<std::string, std::string>>{
           {"", ""},
           {"^Conv2d$", "2 of 8 modules match"},
           {"^head$", "1 of 8 modules match"},
           {"nothing", "0 of 8 modules match"},
       }) {
    EXPECT_EQ(MatchNote(Blocks(), Options(3, {}, match)), note);
  }
}

TEST(RowSelectionTest, DeepAndWideModelsTakeLinearTime) {
  for (const Summary& summary : {Chain(10000), Sequential(10000)}) {
    FormatOptions options = Options(0, {}, "Nest|Linear");
    for (const Layer& layer : summary.layers()) {
      options.expand.push_back(layer.path());
    }
    options.fold = true;
    const auto start = std::chrono::steady_clock::now();
    EXPECT_THAT(TreeRows(summary, options), IsOk());
    EXPECT_LT(std::chrono::steady_clock::now() - start,
              std::chrono::seconds(5));
  }
}

}  // namespace
}  // namespace strata::formatters
