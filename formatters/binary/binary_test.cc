#include "formatters/binary/binary.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/plugin.h"
#include "core/summary.pb.h"
#include "core/summary_reader.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

extern "C" const strata::PluginEntry* strata_plugin_binary();

namespace strata::formatters {
namespace {

Summary Net() {
  Summary summary;
  summary.set_format_version(kSummaryFormatVersion);
  summary.mutable_model()->set_name("Net");
  Layer& layer = *summary.add_layers();
  layer.set_parent(-1);
  layer.add_calls()->add_inputs()->add_shape(3);
  for (int i = 0; i < 50; ++i) {
    (*layer.mutable_metrics())[absl::StrCat("m", i)].set_total(i);
  }
  (*summary.mutable_totals())["params"] = 7;
  return summary;
}

std::string Binary(const Summary& summary) {
  StringSink sink;
  EXPECT_THAT(BinaryFormatter().Format(summary, {}, sink), IsOk());
  return sink.text();
}

TEST(BinaryTest, IsReadAsTheSameSummary) {
  ASSERT_OK_AND_ASSIGN(const Summary read, ParseSummary(Binary(Net()), "f"));
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(read, Net()));
}

TEST(BinaryTest, TheSameSummaryGivesTheSameBytes) {
  // Protobuf's maps have another order in each process and each map.
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Binary(Net()), Binary(Net()));
}

TEST(BinaryTest, WhatIsNotUtf8IsReplaced) {
  Summary summary = Net();
  Layer& layer = *summary.mutable_layers(0);
  layer.set_name("a\xff\xc3");
  layer.add_flags("层\xed\xa0\x80");
  (*layer.mutable_attributes())["k"] = "\xff";
  ASSERT_OK_AND_ASSIGN(const Summary read, ParseSummary(Binary(summary), "f"));
  EXPECT_EQ(read.layers(0).name(), "a\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(read.layers(0).flags(0).substr(0, 6), "层\xef\xbf\xbd");
  EXPECT_EQ(read.layers(0).attributes().at("k"), "\xef\xbf\xbd");
}

TEST(BinaryTest, IsAPlugin) {
  ASSERT_OK_AND_ASSIGN(auto formatter,
                       strata_plugin_binary()->make_formatter({}));
  StringSink sink;
  EXPECT_THAT(formatter->Format(Net(), {}, sink), IsOk());
  EXPECT_EQ(sink.text(), Binary(Net()));
}

}  // namespace
}  // namespace strata::formatters
