#include "formatters/html/html.h"

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/plugin.h"
#include "core/summary.pb.h"
#include "formatters/common/summary_json.h"
#include "formatters/html/escape.h"
#include "formatters/html/page_parts.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

// How it looks and works in a browser: tests/e2e/html_*_test.py.

extern "C" const strata::PluginEntry* strata_plugin_html();

namespace strata::formatters {
namespace {

using testing::HasSubstr;

constexpr absl::string_view kSummary =
    R"(<script type="application/json" id="strata-summary">)";
constexpr absl::string_view kSettings =
    R"(<script type="application/json" id="strata-settings">)";

std::string Page(const Summary& summary, const FormatOptions& options = {}) {
  StringSink sink;
  EXPECT_THAT(HtmlFormatter().Format(summary, options, sink), IsOk());
  return sink.text();
}

// What stands in the element that begins so, as a browser would see its end.
std::string Element(const std::string& page, absl::string_view begin) {
  const size_t at = page.find(begin.data(), 0, begin.size());
  EXPECT_NE(at, std::string::npos) << begin;
  const size_t from = at + begin.size();
  return page.substr(from, page.find("</", from) - from);
}

Summary Named(const std::string& name) {
  Summary summary;
  summary.mutable_model()->set_name(name);
  Layer& layer = *summary.add_layers();
  layer.set_parent(-1);
  layer.set_name(name);
  layer.set_type(name);
  summary.add_warnings(name);
  return summary;
}

Summary WithColumns() {
  Summary summary = Named("Net");
  for (const char* id : {"params", "macs"}) {
    Column& column = *summary.add_columns();
    column.set_id(id);
    column.set_title(id);
  }
  return summary;
}

TEST(HtmlTest, TextHasNoMarkup) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"ResNet", "ResNet"},
      {"</title><script>", "&lt;/title&gt;&lt;script&gt;"},
      {"a&b\"c'd", "a&amp;b&quot;c&#39;d"},
      {"\xe2\x80\xaetoken", "\xef\xbf\xbdtoken"},  // Right to left.
      {std::string("\0", 1), "\xef\xbf\xbd"},
      {"層🔥", "層🔥"},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(html::EscapeText(text), expected);
    EXPECT_THAT(Page(Named(text)),
                HasSubstr(absl::StrCat("<title>", expected, " · Strata<")));
  }
}

TEST(HtmlTest, JsonCannotEndItsElement) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"plain", "plain"},
      {"</script><!--&", "\\u003c/script\\u003e\\u003c!--\\u0026"},
      {"a\xe2\x80\xa8"
       "b\xe2\x80\xa9",
       "a\\u2028b\\u2029"},
      {"\xe2\x94\x80\xe2", "\xe2\x94\x80\xe2"},  // Others that begin so.
      {"", ""},
  };
  for (const auto& [text, expected] : cases) {
    StringSink sink;
    html::ScriptJsonSink(sink).Write(text);
    EXPECT_EQ(sink.text(), expected);
  }
}

TEST(HtmlTest, HoldsTheSummary) {
  const std::vector<std::string> names = {
      "Net",          "</script><script>alert(1)</script>",
      "<!--<script>", "&amp;",
      "\xe2\x80\xa8", "\", \"x\": \"",
      "\\u003c",      "層🔥",
      "{{summary}}"};
  for (const std::string& name : names) {
    Summary summary = Named(name);
    (*summary.mutable_totals())["params"] = std::numeric_limits<int64_t>::max();
    StringSink json;
    json::WriteSummary(summary, json);
    const std::string held = Element(Page(summary), kSummary);
    EXPECT_EQ(held.find('<'), std::string::npos);
    EXPECT_EQ(nlohmann::json::parse(held), nlohmann::json::parse(json.text()));
  }
}

TEST(HtmlTest, OptionsSayHowItIsAtFirst) {
  FormatOptions options;
  options.depth = 7;
  const auto settings = [&] {
    return nlohmann::json::parse(
        Element(Page(WithColumns(), options), kSettings));
  };
  EXPECT_EQ(settings()["depth"], 7);
  EXPECT_THAT(settings()["columns"].get<std::vector<std::string>>(),
              testing::ElementsAre("params", "macs"));
  // With torchinfo's names, too.
  options.columns = {"kernel_size", "mult_adds"};
  EXPECT_THAT(settings()["columns"].get<std::vector<std::string>>(),
              testing::ElementsAre("kernel_size", "macs"));
  options.columns = {"colour"};
  StringSink sink;
  const absl::Status status =
      HtmlFormatter().Format(WithColumns(), options, sink);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(sink.text(), "");
}

TEST(HtmlTest, NeedsNothingButItself) {
  const std::string page = Page(WithColumns());
  for (const char* word :
       {"src=", "href=\"http", "<link", "@import", "url(h", "sourceMappingURL",
        "{{title}}", "{{summary}}", "{{settings}}", "{{policy}}", "{{style}}",
        "{{script}}"}) {
    EXPECT_FALSE(absl::StrContains(page, word)) << word;
  }
  EXPECT_THAT(page, HasSubstr("default-src 'none'; script-src 'sha256-"));
  // The libraries' licences are in it.
  EXPECT_THAT(page, HasSubstr("Chris Pettitt"));
  EXPECT_THAT(page, HasSubstr("Mike Bostock"));
}

TEST(HtmlTest, TheDataIsNearlyAllOfIt) {
  Summary summary = WithColumns();
  const auto beside = [&] {
    StringSink json;
    json::WriteSummary(summary, json);
    return Page(summary).size() - json.text().size();
  };
  EXPECT_LT(beside(), 300000u);
  const size_t before = beside();
  for (int i = 1; i < 1000; ++i) {
    Layer& layer = *summary.add_layers();
    layer.set_id(i);
    layer.set_name("conv");
  }
  EXPECT_EQ(beside(), before);
}

TEST(HtmlTest, IsAPlugin) {
  ASSERT_OK_AND_ASSIGN(auto formatter,
                       strata_plugin_html()->make_formatter({}));
  StringSink sink;
  EXPECT_THAT(formatter->Format(WithColumns(), {}, sink), IsOk());
  EXPECT_EQ(sink.text(), Page(WithColumns()));
}

}  // namespace
}  // namespace strata::formatters
