// Whole texts, compared with the files in testdata. After a change that is
// meant:
//   export STRATA_UPDATE_GOLDENS=formatters/markdown/testdata
//   bazel run //formatters/markdown:markdown_test
// and then read what `git diff` shows.

#include "formatters/markdown/markdown.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/plugin.h"
#include "core/summary.pb.h"
#include "formatters/common/test_layers.h"
#include "formatters/common/test_summaries.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

extern "C" const strata::PluginEntry* strata_plugin_markdown();

namespace strata::formatters {
namespace {

std::string Markdown(const Summary& summary,
                     const FormatOptions& options = {}) {
  StringSink sink;
  EXPECT_THAT(MarkdownFormatter().Format(summary, options, sink), IsOk());
  return sink.text();
}

struct Golden {
  std::string name;
  Summary summary;
  FormatOptions options;
};

std::vector<Golden> Goldens() {
  FormatOptions shallow;
  shallow.depth = 1;
  FormatOptions fold;
  fold.fold = true;
  FormatOptions ascii = fold;
  ascii.unicode = false;
  ascii.depth_index = true;
  FormatOptions all;
  all.parameter_rows = all.depth_index = true;
  all.title = "Translator, *today*";
  FormatOptions part;
  part.match = "^Conv2d$";
  part.heat = "params";
  part.columns = {"num_params", "kernel_size"};
  return {{"lenet", LeNet(), {}},
          {"lenet_depth_1", LeNet(), shallow},
          {"lenet_incomplete", LeNetThatFailed(), {}},
          {"lenet_memory", LeNetWithMemory(), {}},
          {"lenet_part", LeNet(), part},
          {"stages_fold", Stages(), fold},
          {"peculiar", Peculiar(), {}},
          {"translator", Translator(), all},
          {"translator_ascii", Translator(), ascii},
          {"hostile", HostileNames(), {}},
          {"nothing", Summary(), {}}};
}

class GoldenTest : public testing::TestWithParam<Golden> {};

TEST_P(GoldenTest, IsAsInTheFile) {
  const std::string text = Markdown(GetParam().summary, GetParam().options);
  const std::string file = GetParam().name + ".md";
  if (const char* folder = std::getenv("STRATA_UPDATE_GOLDENS")) {
    // `bazel run` starts programs elsewhere.
    const char* home = std::getenv("BUILD_WORKING_DIRECTORY");
    const auto path = std::filesystem::path(home ? home : "") / folder / file;
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  EXPECT_EQ(text,
            ReadWholeFile(DataPath("formatters/markdown/testdata/" + file)));
}

INSTANTIATE_TEST_SUITE_P(All, GoldenTest, testing::ValuesIn(Goldens()),
                         [](const auto& test) { return test.param.name; });

// In front of the section that is folded.
std::string Open(const std::string& text) {
  return text.substr(0, text.find("<details>"));
}

TEST(MarkdownTest, WhatIsDeeperIsFolded) {
  FormatOptions options;
  options.depth = 1;
  const std::string text = Markdown(LeNet(), options);
  EXPECT_THAT(Open(text), testing::Not(testing::HasSubstr("conv1")));
  EXPECT_THAT(text, testing::HasSubstr("All 9 modules"));
  EXPECT_THAT(text, testing::HasSubstr("`conv1` (Conv2d)"));
  // Nothing is said twice where all is shown.
  EXPECT_EQ(Open(Markdown(LeNet())), Markdown(LeNet()));
}

TEST(MarkdownTest, WhatWasWorkedOutIsMarked) {
  Summary summary = LeNet();
  summary.mutable_layers(1)->add_flags("inferred");
  EXPECT_THAT(Markdown(summary), testing::HasSubstr(" · inferred |"));
  EXPECT_THAT(Markdown(LeNet()), testing::Not(testing::HasSubstr("inferred")));
}

TEST(MarkdownTest, ALongTailIsFolded) {
  const std::string text = Markdown(Sequential(1000));
  EXPECT_THAT(Open(text), testing::HasSubstr("`99` (Linear)"));
  EXPECT_THAT(Open(text), testing::Not(testing::HasSubstr("`100` (Linear)")));
  EXPECT_THAT(Open(text), testing::HasSubstr("900 more rows are in the"));
  EXPECT_THAT(text, testing::HasSubstr("`999` (Linear)"));
}

// Each line of a table has as many cells as its head, however the names are.
TEST(MarkdownTest, EveryRowHasItsCells) {
  for (const Summary& summary :
       {LeNet(), Peculiar(), HostileNames(), Translator(), Stages()}) {
    const std::string text = Markdown(summary);
    const std::vector<std::string> lines = absl::StrSplit(text, '\n');
    size_t cells = 0;  // Of the table that the line is in.
    for (const std::string& line : lines) {
      const size_t bars = std::count(line.begin(), line.end(), '|');
      if (cells == 0) cells = bars;
      if (line.empty()) cells = 0;
      EXPECT_EQ(bars, cells) << line;
    }
  }
}

TEST(MarkdownTest, ManyAndDeepLayersTakeLinearTime) {
  for (const Summary& summary : {Sequential(10000), Chain(10000)}) {
    const auto start = std::chrono::steady_clock::now();
    EXPECT_LT(Markdown(summary).size(), 4u << 20);
    EXPECT_LT(std::chrono::steady_clock::now() - start,
              std::chrono::seconds(5));
  }
}

TEST(MarkdownTest, AWrongOptionIsAnErrorAndWritesNothing) {
  FormatOptions columns;
  columns.columns = {"parms"};
  FormatOptions expand;
  expand.expand = {"no.such"};
  for (const FormatOptions& options : {columns, expand}) {
    StringSink sink;
    EXPECT_TRUE(absl::IsInvalidArgument(
        MarkdownFormatter().Format(LeNet(), options, sink)));
    EXPECT_EQ(sink.text(), "");
  }
}

TEST(MarkdownTest, IsAPlugin) {
  ASSERT_OK_AND_ASSIGN(auto formatter,
                       strata_plugin_markdown()->make_formatter({}));
  StringSink sink;
  EXPECT_THAT(formatter->Format(LeNet(), {}, sink), IsOk());
  EXPECT_EQ(sink.text(), Markdown(LeNet()));
}

}  // namespace
}  // namespace strata::formatters
