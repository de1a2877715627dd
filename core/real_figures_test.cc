#include "core/real_figures.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/summary_reader.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

TEST(RealFiguresTest, ASavedSummaryIsReadAsItWas) {
  const std::string file = WriteTempFile("real.json", R"({
    "format_version": 1,
    "columns": [{"id": "params"}, {"id": "t", "unit": "us", "real": true}],
    "layers": [{"parent": -1, "metrics": {
        "params": {"self": 9007199254740993, "total": 9007199254740993},
        "t": {"self": 0.0001234, "total": 12}}}],
    "totals": {"params": 9007199254740993, "t": 12}})");
  ASSERT_OK_AND_ASSIGN(const Summary summary, ReadSummary(file));
  const auto& metrics = summary.layers(0).metrics();
  // Beyond 2^53, exact.
  EXPECT_EQ(metrics.at("params").total(), 9007199254740993);
  EXPECT_FALSE(metrics.at("params").has_real_total());
  EXPECT_EQ(metrics.at("t").real_self(), 0.0001234);
  EXPECT_EQ(metrics.at("t").real_total(), 12);  // Real, though it is whole.
  EXPECT_FALSE(metrics.at("t").has_total());
  EXPECT_EQ(summary.totals().at("params"), 9007199254740993);
  EXPECT_EQ(summary.real_totals().at("t"), 12);
  EXPECT_EQ(summary.totals().count("t"), 0);
}

TEST(RealFiguresTest, WhatHasNoneIsLeftAlone) {
  for (const char* text : {"", "{", R"({"layers": []})", R"({"real")",
                           R"(["real"])", R"({"columns": {"real": true}})"}) {
    EXPECT_EQ(WithRealFields(text), text);
  }
}

TEST(RealFiguresTest, OddDocumentsDoNoHarm) {
  // Wrong kinds of values in each place: Protobuf's parser tells them better.
  for (
      const char* text :
      {R"({"columns": [7, {"real": true}, {"id": 3, "real": true}], "layers": 1})",
       R"({"columns": [{"id": "t", "real": true}], "layers": [1, {"metrics": 2},
            {"metrics": {"t": 3}}], "totals": []})",
       R"({"columns": [{"id": "t", "real": 1}], "layers": [{}]})"}) {
    EXPECT_FALSE(WithRealFields(text).empty());
  }
  // Deeper than any recursion could follow.
  const std::string deep =
      absl::StrCat(R"({"columns": [{"id": "t", "real": true}], "x": )",
                   std::string(200000, '['), std::string(200000, ']'), "}");
  EXPECT_FALSE(WithRealFields(deep).empty());
}

}  // namespace
}  // namespace strata
