#include "formatters/dot/dot.h"

#include <algorithm>
#include <string>

#include "formatters/graph_view/test_graphs.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata::formatters {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string Dot(const Summary& summary, const FormatOptions& options = {}) {
  StringSink sink;
  EXPECT_THAT(DotFormatter().Format(summary, options, sink), IsOk());
  return sink.text();
}

// What stands behind the three lines of settings.
std::string Body(const std::string& dot) {
  return dot.substr(dot.find("  label="));
}

TEST(DotTest, LooksLikeThis) {
  FormatOptions options;
  options.fold = true;
  EXPECT_EQ(Body(Dot(graph::Residual(), options)), R"(  label="Net"
  n0 [label="input", shape=ellipse, style=filled, fillcolor="#e8e8e8"]
  subgraph cluster_1 {
    style="dashed,rounded"; color="#8a97a8"; fontsize=10; labeljust=l; label="blocks (Blocks)\nParams: 70"
    subgraph cluster_2 {
      style="dashed,rounded"; color="#8a97a8"; fontsize=10; labeljust=l; label="blocks.0 … 1 ×2 (Block)\nParams: 30 each"
      n3 [label="Conv\nblocks.0.conv\n[2]\nParams: 10", fillcolor="#93bce8"]
      n4 [label="Norm\nblocks.0.norm\n[2]\nParams: 10", fillcolor="#93bce8"]
      n5 [label="add", shape=ellipse, style=filled, fillcolor="#f2f2f2", fontsize=9, margin="0.02,0.01", height=0.2, width=0.3]
    }
  }
  n6 [label="Head\nhead\n[2]\nParams: 10", fillcolor="#93bce8"]
  n7 [label="Idle\nidle\nnot executed\nParams: 10", fillcolor="#eeeeee", color="#bbbbbb", fontcolor="#767676"]
  n8 [label="output", shape=ellipse, style=filled, fillcolor="#e8e8e8"]
  n0 -> n3 [label="[2]"]
  n3 -> n4 [label="[2]"]
  n0 -> n5
  n4 -> n5
  n5 -> n6 [label="[2]\nflatten"]
  n6 -> n8 [label="[2]"]
}
)");
}

TEST(DotTest, TheMetricIsChosen) {
  Summary summary = graph::Residual();
  Column& column = *summary.add_columns();
  column.set_id("macs");
  column.set_title("MACs");
  (*summary.mutable_layers(3)->mutable_metrics())["macs"].set_total(1234);
  FormatOptions options;
  options.columns = {"output_size", "macs", "params"};
  const std::string dot = Dot(summary, options);
  EXPECT_THAT(dot, HasSubstr("blocks.0.conv\\n[2]\\nMACs: 1,234\""));
  EXPECT_THAT(dot, HasSubstr("blocks.0.norm\\n[2]\\nMACs: ?\""));
  EXPECT_THAT(dot, Not(HasSubstr("Params")));
  options.columns = {"output_size"};
  EXPECT_THAT(Dot(summary, options),
              HasSubstr("label=\"Norm\\nblocks.0.norm\\n[2]\""));
  options.columns = {"no_such"};
  StringSink sink;
  EXPECT_THAT(DotFormatter().Format(summary, options, sink),
              IsError(absl::StatusCode::kInvalidArgument, "no_such"));
}

TEST(DotTest, WithoutUnicode) {
  FormatOptions options;
  options.fold = true;
  options.unicode = false;
  const std::string dot = Dot(graph::Residual(), options);
  EXPECT_THAT(dot, HasSubstr("blocks.0 ... 1 x2 (Block)"));
  EXPECT_TRUE(std::all_of(dot.begin(), dot.end(),
                          [](char c) { return c > 0 && c < 127; }));
}

// What takes the output of a block below all of it, though the module that
// gave it is also called in the block's middle.
TEST(DotTest, WhatFollowsABlockStandsBelowIt) {
  const Summary summary = [] {
    Summary made =
        graph::GraphOf({"", "block", "block.relu", "block.conv", "fc"},
                       {"model > block", "model > block.relu",
                        "block.relu > block.conv", "block.conv > block.relu",
                        "block.relu >> block", "block > fc", "fc >> model"});
    *made.mutable_layers(2)->add_calls() = made.layers(2).calls(0);
    return made;
  }();
  const std::string dot = Dot(summary);
  EXPECT_THAT(dot, HasSubstr("label=\"Relu, 2 calls\\n"));
  EXPECT_THAT(dot, HasSubstr("  n3 -> n4 [style=invis]\n"));
  EXPECT_THAT(dot,
              HasSubstr("  n3 -> n2 [label=\"[2]\"] [constraint=false]\n"));
}

TEST(DotTest, WhereNothingRanThingsStandBelowEachOther) {
  Summary summary = graph::Residual();
  summary.clear_edges();
  for (Layer& layer : *summary.mutable_layers()) layer.clear_calls();
  const std::string dot = Dot(summary);
  EXPECT_THAT(dot, HasSubstr("label=\"Net\\nnothing ran: how data flows"));
  EXPECT_THAT(dot, HasSubstr(" [style=invis]\n"));
}

TEST(DotTest, WhatIsLargeIsNotLaidOutForLong) {
  EXPECT_THAT(Dot(graph::Row(10)), Not(HasSubstr("nslimit")));
  EXPECT_THAT(Dot(graph::Row(200)), HasSubstr("nslimit=1"));
}

// That Graphviz reads them as they are meant: svg_test.cc.
TEST(DotTest, HostileNamesStayInTheirQuotes) {
  for (const std::string& name : graph::HostileNames()) {
    SCOPED_TRACE(name.substr(0, 40));
    const std::string dot = Dot(graph::Hostile(name));
    EXPECT_LT(dot.size(), 16384u);
    bool quoted = false;
    for (size_t i = 0; i < dot.size(); ++i) {
      if (quoted && dot[i] == '\\') {
        ++i;
        continue;
      }
      if (dot[i] == '"') quoted = !quoted;
      EXPECT_FALSE(quoted && dot[i] == '\n');
    }
    EXPECT_FALSE(quoted);
  }
}

}  // namespace
}  // namespace strata::formatters
