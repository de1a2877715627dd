#include "formatters/tsv/tsv.h"

#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "core/plugin.h"
#include "core/summary.pb.h"
#include "formatters/common/test_layers.h"
#include "formatters/common/test_summaries.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

extern "C" const strata::PluginEntry* strata_plugin_tsv();

namespace strata::formatters {
namespace {

TEST(TsvTest, CellsStandBetweenTabs) {
  Summary summary = LeNet();
  summary.mutable_layers(2)->set_name("a\tb");
  StringSink sink;
  EXPECT_THAT(TsvFormatter().Format(summary, {}, sink), IsOk());
  const std::vector<std::string> lines = absl::StrSplit(sink.text(), '\n');
  ASSERT_EQ(lines.size(), 1u + 9 + 1);
  EXPECT_THAT(lines[0], testing::StartsWith("path\tname\ttype\tfull_type\t"));
  EXPECT_EQ(lines[2],
            "\tfeatures\tSequential\t\t1\t\t[1, 16, 5, 5]\t1\t\t\t"
            "2572\t2572\t357600\t357600");
  EXPECT_THAT(lines[3], testing::StartsWith("\t\"a\tb\"\tConv2d\t"));
}

TEST(TsvTest, IsAPlugin) {
  ASSERT_OK_AND_ASSIGN(auto formatter, strata_plugin_tsv()->make_formatter({}));
  StringSink sink;
  EXPECT_THAT(formatter->Format(LeNet(), {}, sink), IsOk());
}

}  // namespace
}  // namespace strata::formatters
