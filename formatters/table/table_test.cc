// Whole tables, compared with the files in testdata. After a change that is
// meant:
//   export STRATA_UPDATE_GOLDENS=formatters/table/testdata
//   bazel run //formatters/table:table_test
// and then read what `git diff` shows.

#include "formatters/table/table.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/plugin.h"
#include "core/summary.pb.h"
#include "formatters/common/test_layers.h"
#include "formatters/common/test_summaries.h"
#include "formatters/table/test_table.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

extern "C" const strata::PluginEntry* strata_plugin_table();

namespace strata::formatters::table {
namespace {

FormatOptions Depth(int depth) {
  FormatOptions options;
  options.depth = depth;
  return options;
}

FormatOptions Width(int width) {
  FormatOptions options;
  options.width = width;
  return options;
}

FormatOptions Columns(std::vector<std::string> columns) {
  FormatOptions options;
  options.columns = std::move(columns);
  return options;
}

FormatOptions Ascii() {
  FormatOptions options;
  options.unicode = false;
  return options;
}

FormatOptions Color() {
  FormatOptions options;
  options.color = true;
  return options;
}

FormatOptions Folded() {
  FormatOptions options;
  options.fold = true;
  return options;
}

FormatOptions AsciiFoldedAt(int width) {
  FormatOptions options = Folded();
  options.unicode = false;
  options.width = width;
  return options;
}

FormatOptions NarrowParams() {
  FormatOptions options = Columns({"params"});
  options.width = 32;
  return options;
}

FormatOptions DeepAt(int width) {
  FormatOptions options = Depth(100);
  options.width = width;
  return options;
}

FormatOptions WidthAndDepth(int width, int depth) {
  FormatOptions options = Width(width);
  options.depth = depth;
  return options;
}

FormatOptions AsciiAt(int width) {
  FormatOptions options = Ascii();
  options.width = width;
  return options;
}

FormatOptions ParameterRows(bool fold) {
  FormatOptions options;
  options.parameter_rows = true;
  options.depth_index = true;
  options.fold = fold;
  return options;
}

FormatOptions HideRecursive() {
  FormatOptions options;
  options.hide_recursive = true;
  return options;
}

// As torchinfo's own default is.
FormatOptions Classes(bool fold) {
  FormatOptions options;
  options.var_names = false;
  options.depth_index = true;
  options.fold = fold;
  return options;
}

FormatOptions Heat(bool unicode) {
  FormatOptions options;
  options.heat = "macs";
  options.unicode = unicode;
  options.title = "A title that is longer than the table is wide";
  options.width = 64;
  return options;
}

FormatOptions Match(std::string regex) {
  FormatOptions options;
  options.match = std::move(regex);
  options.depth = 0;
  return options;
}

FormatOptions Expand(std::vector<std::string> paths) {
  FormatOptions options;
  options.expand = std::move(paths);
  options.depth = 1;
  return options;
}

// With the paths that the other summaries here do without.
Summary StagesWithPaths() {
  Summary summary = Stages();
  for (Layer& layer : *summary.mutable_layers()) {
    if (layer.parent() < 0) continue;
    const std::string& above = summary.layers(layer.parent()).path();
    layer.set_path(above.empty() ? layer.name()
                                 : absl::StrCat(above, ".", layer.name()));
  }
  return summary;
}

struct Golden {
  std::string name;
  Summary summary;
  FormatOptions options;
};

std::vector<Golden> Goldens() {
  return {
      {"lenet", LeNet(), {}},
      {"lenet_ascii", LeNet(), Ascii()},
      {"lenet_color", LeNet(), Color()},
      {"lenet_depth_1", LeNet(), Depth(1)},
      {"lenet_did_not_run", LeNetThatDidNotRun(), {}},
      {"lenet_width_54", LeNet(), Width(54)},
      {"lenet_width_40", LeNet(), Width(40)},
      {"lenet_one_column", LeNet(), Columns({"output_size"})},
      {"stages", Stages(), {}},
      {"stages_fold", Stages(), Folded()},
      {"stages_fold_ascii_width_66", Stages(), AsciiFoldedAt(66)},
      {"peculiar", Peculiar(), {}},
      {"peculiar_ascii_width_72", Peculiar(), AsciiFoldedAt(72)},
      {"peculiar_color", Peculiar(), Color()},
      {"peculiar_narrow", Peculiar(), NarrowParams()},
      {"peculiar_columns", Peculiar(),
       Columns({"kernel_size", "params_percent", "num_params"})},
      {"translator", Translator(), {}},
      {"translator_width_100", Translator(), Width(100)},
      {"translator_ascii_width_66", Translator(), AsciiAt(66)},
      {"translator_width_44", Translator(), WidthAndDepth(44, 1)},
      {"translator_columns", Translator(),
       Columns({"num_params", "params_percent", "trainable", "dtype"})},
      {"translator_parameter_rows", Translator(), ParameterRows(false)},
      {"translator_parameter_rows_fold", Translator(), ParameterRows(true)},
      {"translator_hide_recursive", Translator(), HideRecursive()},
      {"translator_classes", Translator(), Classes(false)},
      {"stages_classes_fold", Stages(), Classes(true)},
      {"lenet_memory", LeNetWithMemory(), {}},
      {"lenet_memory_width_40", LeNetWithMemory(), Width(40)},
      {"lenet_incomplete", LeNetThatFailed(), {}},
      {"lenet_incomplete_color", LeNetThatFailed(), Color()},
      {"lenet_heat", LeNet(), Heat(true)},
      {"lenet_heat_ascii", LeNet(), Heat(false)},
      {"lenet_match", LeNet(), Match("^conv|Linear")},
      {"lenet_match_nothing", LeNet(), Match("nothing at all")},
      {"stages_expand", StagesWithPaths(),
       Expand({"layer2.1", "layer1.0.conv2"})},
      {"hostile", HostileNames(), {}},
      {"hostile_ascii", HostileNames(), Ascii()},
      {"chain_width_50", Chain(14), DeepAt(50)},
      {"nothing", Summary(), {}},
  };
}

class GoldenTest : public testing::TestWithParam<Golden> {};

TEST_P(GoldenTest, IsAsInTheFile) {
  const std::string table = Table(GetParam().summary, GetParam().options);
  const std::string file = GetParam().name + ".txt";
  if (const char* folder = std::getenv("STRATA_UPDATE_GOLDENS")) {
    // `bazel run` starts programs elsewhere.
    const char* home = std::getenv("BUILD_WORKING_DIRECTORY");
    const auto path = std::filesystem::path(home ? home : "") / folder / file;
    std::ofstream(path, std::ios::binary) << table;
    return;
  }
  EXPECT_EQ(table,
            ReadWholeFile(DataPath("formatters/table/testdata/" + file)));
}

INSTANTIATE_TEST_SUITE_P(All, GoldenTest, testing::ValuesIn(Goldens()),
                         [](const auto& test) { return test.param.name; });

TEST(TableTest, IsAPlugin) {
  ASSERT_OK_AND_ASSIGN(auto formatter,
                       strata_plugin_table()->make_formatter({}));
  StringSink sink;
  EXPECT_THAT(formatter->Format(LeNet(), {}, sink), IsOk());
  EXPECT_EQ(sink.text(), Table(LeNet()));
}

TEST(TableTest, UnknownColumnIsAnErrorAndWritesNothing) {
  StringSink sink;
  EXPECT_THAT(TableFormatter().Format(LeNet(), Columns({"parms"}), sink),
              IsError(absl::StatusCode::kInvalidArgument, "parms"));
  EXPECT_EQ(sink.text(), "");
}

TEST(TableTest, AWrongOptionOfRowsIsAnErrorAndWritesNothing) {
  for (const FormatOptions& options : {Match("("), Expand({"layer9"}), [] {
                                         FormatOptions heat;
                                         heat.heat = "groups";
                                         return heat;
                                       }()}) {
    StringSink sink;
    EXPECT_TRUE(absl::IsInvalidArgument(
        TableFormatter().Format(StagesWithPaths(), options, sink)));
    EXPECT_EQ(sink.text(), "");
  }
}

TEST(TableTest, UnknownIsNotZero) {
  Summary summary = EmptyModel("M");
  Counts(*summary.mutable_layers(0), "params", 0);
  const std::vector<std::string> lines = TableLines(summary);
  ASSERT_EQ(lines.size(), 6u);  // No totals: no lines for them.
  EXPECT_THAT(lines[4], testing::EndsWith("       0     ?"));
}

TEST(TableTest, WhatWasWorkedOutIsMarked) {
  Summary summary = EmptyModel("M");
  AddLayer(summary, 0, "seen", "A");
  AddLayer(summary, 0, "other", "B").add_flags("inferred");
  const std::string table = Table(summary);
  EXPECT_THAT(table, testing::HasSubstr("other (B) [inferred]"));
  EXPECT_THAT(table, testing::Not(testing::HasSubstr("seen (A) [inferred]")));
}

TEST(TableTest, ATotalOfZeroIsShown) {
  Summary summary = EmptyModel("M");
  (*summary.mutable_totals())["macs"] = 0;
  EXPECT_THAT(Table(summary), testing::ContainsRegex("Total MACs: +0\n"));
}

TEST(TableTest, LayersWithoutAParentAreShownAllTheSame) {
  Summary summary = EmptyModel("M");
  AddLayer(summary, 0, "fine", "A");
  AddLayer(summary, 0, "later", "B").set_parent(7);
  AddLayer(summary, 0, "itself", "C").set_parent(3);
  AddLayer(summary, 0, "nobody", "D").set_parent(-5);
  const std::string table = Table(summary);
  for (const char* name : {"fine", "later", "itself", "nobody"}) {
    EXPECT_THAT(table, testing::HasSubstr(name));
  }
}

}  // namespace
}  // namespace strata::formatters::table
