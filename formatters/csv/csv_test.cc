#include "formatters/csv/csv.h"

#include <cstdint>
#include <limits>
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

extern "C" const strata::PluginEntry* strata_plugin_csv();

namespace strata::formatters {
namespace {

std::vector<std::string> Lines(const Summary& summary,
                               std::vector<std::string> columns = {}) {
  FormatOptions options;
  options.columns = std::move(columns);
  StringSink sink;
  EXPECT_THAT(CsvFormatter().Format(summary, options, sink), IsOk());
  std::vector<std::string> lines = absl::StrSplit(sink.text(), "\r\n");
  EXPECT_EQ(lines.back(), "");
  lines.pop_back();
  return lines;
}

// One layer below the root, called three times.
Summary Net() {
  Summary summary = EmptyModel("Net");
  summary.mutable_columns(1)->set_peak(true);
  Layer& layer = Called(AddLayer(summary, 0, "a", "A"), {{1, 2}, {}});
  Called(Called(layer, {{1, 2}, {}}), {{3}});
  layer.mutable_calls(0)->add_inputs()->add_shape(7);
  layer.set_path("a");
  layer.set_full_type("x.A");
  layer.add_flags("shared");
  layer.add_flags("recursive");
  layer.add_shared_with("b");
  MetricValue& params = (*layer.mutable_metrics())["params"];
  params.set_self(0);
  params.set_total(std::numeric_limits<int64_t>::max());
  (*layer.mutable_metrics())["macs"].set_total(5);
  (*layer.mutable_attributes())["kernel_size"] = "[3, 3]";
  return summary;
}

TEST(CsvTest, LooksLikeThis) {
  EXPECT_THAT(
      Lines(Net()),
      testing::ElementsAre(
          "path,name,type,full_type,depth,input_size,output_size,calls,flags,"
          "shared_with,params_self,params_total,macs_total",
          ",,Net,,0,,,0,,,,,",
          "a,a,A,x.A,1,[7]; ; ,\"[1, 2], []; [1, 2], []; [3]\",3,"
          "shared;recursive,b,0,9223372036854775807,5"));
}

TEST(CsvTest, ColumnsAreThoseAskedFor) {
  EXPECT_THAT(
      Lines(Net(), {"macs", "kernel_size", "num_params", "params_percent"}),
      testing::ElementsAre("path,macs,kernel_size,params,params_percent",
                           ",,,,", "a,5,\"[3, 3]\",9223372036854775807,"));
  EXPECT_THAT(Lines(LeNet(), {"params_percent"})[2], ",4.17");
  StringSink sink;
  FormatOptions options;
  options.columns = {"parms"};
  EXPECT_TRUE(
      absl::IsInvalidArgument(CsvFormatter().Format(Net(), options, sink)));
}

TEST(CsvTest, WhatDidNotRunHasNoCalls) {
  Summary summary = Net();
  summary.clear_run();
  EXPECT_THAT(Lines(summary)[1], ",,Net,,0,,,,,,,,");
}

TEST(CsvTest, QuotesAsInTheRfc) {
  for (const auto& [name, cell] :
       std::vector<std::pair<std::string, std::string>>{
           {"plain name", "plain name"},
           {"a,b", "\"a,b\""},
           {"a\"b", "\"a\"\"b\""},
           {"a\nb", "\"a\nb\""},
           {"a\rb", "\"a\rb\""},
           {"a\tb", "a\tb"},
           {"层", "层"},
           {"\xff", "\xef\xbf\xbd"},
           {std::string("\0", 1), "\xef\xbf\xbd"},
       }) {
    Summary summary = EmptyModel("Net");
    summary.mutable_layers(0)->set_name(name);
    EXPECT_THAT(Lines(summary)[1], testing::StartsWith("," + cell + ",Net,,"));
  }
}

TEST(CsvTest, IsAPlugin) {
  ASSERT_OK_AND_ASSIGN(auto formatter, strata_plugin_csv()->make_formatter({}));
  StringSink sink;
  EXPECT_THAT(formatter->Format(Net(), {}, sink), IsOk());
}

}  // namespace
}  // namespace strata::formatters
