// What holds for every table.

#include <algorithm>
#include <chrono>
#include <regex>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/printable.h"
#include "core/summary.pb.h"
#include "formatters/table/test_summaries.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace strata::formatters::table {
namespace {

std::vector<Summary> AllSummaries() {
  return {LeNet(),   LeNetThatDidNotRun(), Stages(), Peculiar(), HostileNames(),
          Chain(50), Sequential(50)};
}

std::vector<FormatOptions> AllOptions() {
  std::vector<FormatOptions> all;
  for (int depth : {0, 1, 3, 100}) {
    for (int width : {0, 66, 80, 400}) {
      for (int bits = 0; bits < 8; ++bits) {
        FormatOptions options;
        options.depth = depth;
        options.width = width;
        options.fold = (bits & 1) != 0;
        options.color = (bits & 2) != 0;
        options.unicode = (bits & 4) != 0;
        all.push_back(options);
      }
    }
  }
  return all;
}

std::string WithoutColor(const std::string& text) {
  static const std::regex* const kCodes = new std::regex("\x1b\\[[0-9]+m");
  return std::regex_replace(text, *kCodes, "");
}

bool IsRule(const std::string& line) {
  return !line.empty() &&
         (absl::StartsWith(line, "═") || absl::StartsWith(line, "─") ||
          absl::StartsWith(line, "==") || absl::StartsWith(line, "--"));
}

// From the first rule to the last.
std::vector<std::string> RuledLines(const Summary& summary,
                                    FormatOptions options) {
  std::vector<std::string> lines;
  for (const std::string& line : TableLines(summary, options)) {
    lines.push_back(WithoutColor(line));
  }
  const auto first = std::find_if(lines.begin(), lines.end(), IsRule);
  const auto last = std::find_if(lines.rbegin(), lines.rend(), IsRule).base();
  return {first, last};
}

TEST(TablePropertiesTest, NoLineIsWiderThanTheTable) {
  for (const Summary& summary : AllSummaries()) {
    for (const FormatOptions& options : AllOptions()) {
      const std::vector<std::string> lines = RuledLines(summary, options);
      const int width = DisplayWidth(lines[0]);
      for (const std::string& line : lines) {
        EXPECT_LE(DisplayWidth(line), width) << line;
        if (IsRule(line)) {
          EXPECT_EQ(DisplayWidth(line), width);
        }
        EXPECT_FALSE(absl::EndsWith(line, " ")) << line;
      }
      if (options.width > 0) {
        EXPECT_LE(width, options.width);
      }
    }
  }
}

TEST(TablePropertiesTest, TitleAndWarningsFitTheWidthToo) {
  for (const Summary& summary : AllSummaries()) {
    for (const FormatOptions& options : AllOptions()) {
      if (options.width == 0) continue;
      for (const std::string& line : TableLines(summary, options)) {
        EXPECT_LE(DisplayWidth(WithoutColor(line)), options.width) << line;
      }
    }
  }
}

TEST(TablePropertiesTest, ColorChangesOnlyColor) {
  for (const Summary& summary : AllSummaries()) {
    for (FormatOptions options : AllOptions()) {
      if (!options.color) continue;
      const std::string colored = Table(summary, options);
      options.color = false;
      EXPECT_EQ(WithoutColor(colored), Table(summary, options));
    }
  }
}

TEST(TablePropertiesTest, NothingDrawsOnTheTerminal) {
  for (FormatOptions options : AllOptions()) {
    for (const Summary& summary : AllSummaries()) {
      const std::string text = WithoutColor(Table(summary, options));
      EXPECT_TRUE(std::none_of(text.begin(), text.end(), [&](char c) {
        return (c >= 0 && c < ' ' && c != '\n') || c == '\x7f' ||
               (c < 0 && !options.unicode);
      }));
      EXPECT_THAT(text, testing::Not(testing::HasSubstr("\xc2\x9b")));
    }
  }
}

// The lines of the totals, without the rules around them.
std::vector<std::string> TotalLines(const Summary& summary,
                                    const FormatOptions& options) {
  std::vector<std::string> totals;
  int rules = 0;
  for (const std::string& line : RuledLines(summary, options)) {
    if (IsRule(line)) {
      ++rules;
    } else if (rules > 2) {
      totals.push_back(line);
    }
  }
  return totals;
}

TEST(TablePropertiesTest, TotalsDoNotDependOnWhatIsShown) {
  for (const Summary& summary : AllSummaries()) {
    const std::vector<std::string> totals = TotalLines(summary, {});
    for (FormatOptions options : AllOptions()) {
      EXPECT_EQ(TotalLines(summary, options), totals);
      options.columns = {"trainable"};
      EXPECT_EQ(TotalLines(summary, options), totals);
    }
  }
}

TEST(TablePropertiesTest, EveryLayerDownToTheDepthHasARow) {
  for (const Summary& summary : AllSummaries()) {
    for (int depth : {0, 1, 2, 100}) {
      FormatOptions options;
      options.depth = depth;
      const auto layers =
          std::count_if(summary.layers().begin(), summary.layers().end(),
                        [&](const Layer& l) { return l.depth() <= depth; });
      const std::vector<std::string> ruled = RuledLines(summary, options);
      const auto end = std::find_if(ruled.begin() + 3, ruled.end(), IsRule);
      EXPECT_EQ(end - ruled.begin() - 3, layers);
    }
  }
}

// Far above what it takes, far below what anything quadratic would.
constexpr auto kLimit = std::chrono::seconds(5);

TEST(TablePropertiesTest, ManyAndDeepLayersTakeLinearTime) {
  for (const Summary& summary : {Sequential(10000), Chain(10000)}) {
    for (int width : {0, 80}) {
      for (bool fold : {false, true}) {
        FormatOptions options;
        options.depth = 20000;
        options.width = width;
        options.fold = fold;
        const auto start = std::chrono::steady_clock::now();
        const std::string text = Table(summary, options);
        const auto taken = std::chrono::steady_clock::now() - start;
        EXPECT_LT(taken, kLimit);
        EXPECT_GT(std::count(text.begin(), text.end(), '\n'), 10000);
        EXPECT_LT(text.size(), 4u << 20);
      }
    }
  }
}

TEST(TablePropertiesTest, OneHugeNameDoesNotWidenEveryRow) {
  Summary summary = Sequential(1000);
  summary.mutable_layers(500)->set_name(std::string(1 << 20, 'x'));
  (*summary.mutable_layers(501)->mutable_attributes())["groups"] =
      std::string(1 << 20, '1');
  FormatOptions options;
  options.columns = {"groups", "params"};
  for (int width : {0, 80}) {
    options.width = width;
    EXPECT_LT(Table(summary, options).size(), 4u << 20);
  }
}

}  // namespace
}  // namespace strata::formatters::table
