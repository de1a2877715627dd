#include "formatters/table/spans.h"

#include <string>

#include "core/printable.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace strata::formatters::table {
namespace {

std::string Text(const Spans& spans) {
  std::string text;
  AppendSpans(spans, /*color=*/true, text);
  return text;
}

TEST(SpansTest, CutsThroughStyles) {
  const Spans spans = {{"conv1"}, {" (Conv2d)", Style::kDim}, {" [shared]"}};
  EXPECT_EQ(SpansWidth(spans), 23);
  EXPECT_EQ(Text(CutMiddle(spans, 23, "…")),
            "conv1\x1b[2m (Conv2d)\x1b[0m [shared]");
  EXPECT_EQ(Text(CutMiddle(spans, 18, "…")),
            "conv1\x1b[2m (Conv2\x1b[0m…ared]");
  EXPECT_EQ(Text(CutEnd(spans, 9, "...")), "conv1\x1b[2m \x1b[0m...");
  EXPECT_EQ(Text(CutEnd(spans, 2, "...")), "..");
  EXPECT_EQ(Text(CutEnd(spans, 0, "…")), "");
  EXPECT_EQ(Text(CutEnd(spans, -5, "…")), "");
}

}  // namespace
}  // namespace strata::formatters::table
