#include "formatters/svg/svg.h"

#include <algorithm>
#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "core/printable.h"
#include "formatters/graph_view/test_graphs.h"
#include "formatters/svg/graphviz.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata::formatters {
namespace {

using boost::property_tree::ptree;
using testing::HasSubstr;
using testing::Not;

std::string Svg(const Summary& summary, const FormatOptions& options = {}) {
  StringSink sink;
  EXPECT_THAT(SvgFormatter().Format(summary, options, sink), IsOk());
  return sink.text();
}

// All that stands in <text> elements, a line each, sorted: Graphviz draws boxes
// beside each other now in this, now in that order. Fails where it is no XML.
std::string Texts(const std::string& svg) {
  std::istringstream stream(svg);
  ptree document;
  read_xml(stream, document);
  std::vector<std::string> texts;
  std::vector<const ptree*> open = {&document.get_child("svg")};
  while (!open.empty()) {
    const ptree& element = *open.back();
    open.pop_back();
    for (const auto& [name, child] : element) {
      if (name == "text") texts.push_back(child.data() + "\n");
      open.push_back(&child);
    }
  }
  std::sort(texts.begin(), texts.end());
  return absl::StrJoin(texts, "");
}

TEST(SvgTest, ShowsWhatTheGraphHas) {
  FormatOptions options;
  options.fold = true;
  const std::string texts = Texts(Svg(graph::Residual(), options));
  for (const char* text :
       {"Net\n", "input\n", "blocks.0 … 1 ×2 (Block)\n", "Conv\n",
        "blocks.0.conv\n", "Params: 30 each\n", "add\n", "flatten\n",
        "not executed\n", "output\n"}) {
    EXPECT_THAT(texts, HasSubstr(text));
  }
}

TEST(SvgTest, HostileNamesAreTexts) {
  for (const std::string& name : graph::HostileNames()) {
    SCOPED_TRACE(name.substr(0, 40));
    const std::string svg = Svg(graph::Hostile(name));
    EXPECT_THAT(svg, Not(HasSubstr("<script")));
    EXPECT_THAT(svg, Not(HasSubstr("\xef\xbf\xbf")));
    const std::string texts = Texts(svg);
    if (name.size() > 30) continue;
    // XML's spaces: the parser and the file do not tell them apart.
    const std::string shown = absl::StrReplaceAll(
        Printable(name, true),
        {{"\xef\xbf\xbe", "\xef\xbf\xbd"}, {"\xef\xbf\xbf", "\xef\xbf\xbd"}});
    EXPECT_THAT(absl::StrReplaceAll(texts, {{"\xc2\xa0", " "}}),
                HasSubstr(shown));
  }
}

TEST(SvgTest, FromAnyThread) {
  const std::string first = Texts(Svg(graph::Residual()));
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back(
        [&] { EXPECT_EQ(Texts(Svg(graph::Residual())), first); });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(SvgTest, AsMuchAsIsDrawnTakesSeconds) {
  FormatOptions options;
  options.depth = 1000000;
  EXPECT_THAT(Texts(Svg(graph::Row(10000), options)),
              HasSubstr("cut after 2,000 of 10,000 modules"));
  EXPECT_THAT(Texts(Svg(graph::Nested(10000), options)),
              HasSubstr("cut at depth 64"));
}

TEST(SvgTest, WhatGraphvizSaysIsInTheError) {
  EXPECT_THAT(svg::LayOut("digraph { a -> "),
              IsError(absl::StatusCode::kInternal, "syntax error"));
  EXPECT_THAT(svg::LayOut("digraph { a -> b }"), IsOk());
}

}  // namespace
}  // namespace strata::formatters
