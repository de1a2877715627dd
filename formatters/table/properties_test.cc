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
#include "formatters/common/test_layers.h"
#include "formatters/common/test_summaries.h"
#include "formatters/table/test_table.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace strata::formatters::table {
namespace {

std::vector<Summary> AllSummaries() {
  return {LeNet(),      LeNetThatDidNotRun(), LeNetWithMemory(), Stages(),
          Peculiar(),   LeNetThatFailed(),    Chain(50),         HostileNames(),
          Translator(), Sequential(50)};
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
        // Each setting on and off, together with others.
        for (int rows : {0, 6, 9, 15}) {
          options.var_names = (rows & 1) == 0;
          options.depth_index = (rows & 2) != 0;
          options.hide_recursive = (rows & 4) != 0;
          options.parameter_rows = (rows & 8) != 0;
          all.push_back(options);
        }
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
      options.match = "conv|Linear|nothing";
      options.title = "T";
      options.expand = {""};
      EXPECT_EQ(TotalLines(summary, options), totals);
    }
  }
}

// The rows, without the header and the rules.
std::vector<std::string> RowLines(const Summary& summary,
                                  const FormatOptions& options) {
  const std::vector<std::string> ruled = RuledLines(summary, options);
  const auto end = std::find_if(ruled.begin() + 3, ruled.end(), IsRule);
  return {ruled.begin() + 3, end};
}

TEST(TablePropertiesTest, EveryLayerAndParameterDownToTheDepthHasARow) {
  for (const Summary& summary : AllSummaries()) {
    std::vector<bool> has_children(summary.layers_size());
    for (const Layer& layer : summary.layers()) {
      if (layer.parent() >= 0) has_children[layer.parent()] = true;
    }
    for (FormatOptions options : AllOptions()) {
      if (options.fold || options.hide_recursive) continue;
      size_t rows = 0;
      for (int i = 0; i < summary.layers_size(); ++i) {
        const Layer& layer = summary.layers(i);
        if (layer.depth() <= options.depth) ++rows;
        if (layer.depth() < options.depth &&
            (has_children[i] || options.parameter_rows)) {
          rows += layer.parameters_size();
        }
      }
      EXPECT_EQ(RowLines(summary, options).size(), rows);
    }
  }
}

TEST(TablePropertiesTest, HidingAndFoldingOnlyTakeRowsAway) {
  for (const Summary& summary : AllSummaries()) {
    for (FormatOptions options : AllOptions()) {
      if (!options.hide_recursive || !options.fold) continue;
      const size_t both = RowLines(summary, options).size();
      options.hide_recursive = false;
      const size_t folded = RowLines(summary, options).size();
      options.fold = false;
      EXPECT_LE(both, folded);
      EXPECT_LE(folded, RowLines(summary, options).size());
    }
  }
}

// One module at each place below the root, called with a size of its own, and a
// parameter for each in the root.
Summary ManyShared(int places) {
  Summary summary = Sequential(places);
  for (int i = 1; i < places; ++i) {
    Layer& layer = *summary.mutable_layers(i);
    layer.set_path(absl::StrCat(i));
    layer.add_shared_with(i == 1 ? "2" : "1");
    layer.add_flags("shared");
    AddParameter(layer, "weight", {i});
    AddParameter(*summary.mutable_layers(0), absl::StrCat("p", i), {i});
    Called(*summary.mutable_layers(0), {{i}});
  }
  return summary;
}

// Far above what it takes, far below what anything quadratic would.
constexpr auto kLimit = std::chrono::seconds(5);

TEST(TablePropertiesTest, ManyAndDeepLayersTakeLinearTime) {
  for (const Summary& summary :
       {Sequential(10000), Chain(10000), ManyShared(10000)}) {
    for (int width : {0, 80}) {
      for (int bits : {0, 1, 2, 7}) {
        FormatOptions options;
        options.depth = 20000;
        options.width = width;
        options.fold = (bits & 1) != 0;
        options.depth_index = options.parameter_rows = (bits & 2) != 0;
        options.hide_recursive = (bits & 4) != 0;
        options.columns = {"output_size", "params_percent", "trainable",
                           "dtype", "params"};
        const auto start = std::chrono::steady_clock::now();
        const std::string text = Table(summary, options);
        const auto taken = std::chrono::steady_clock::now() - start;
        EXPECT_LT(taken, kLimit);
        if (!options.fold && !options.hide_recursive) {
          EXPECT_GT(std::count(text.begin(), text.end(), '\n'), 10000);
        }
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
