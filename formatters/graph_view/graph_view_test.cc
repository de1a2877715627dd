#include "formatters/graph_view/graph_view.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "formatters/graph_view/test_graphs.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata::formatters::graph {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::IsEmpty;

std::string NameOf(const Summary& summary, const Box& box) {
  const std::string& path = summary.layers(box.layer).path();
  switch (box.kind) {
    case Box::Kind::kInput:
      return "input";
    case Box::Kind::kOutput:
      return "output";
    case Box::Kind::kJunction:
      return absl::StrCat(path, "=", absl::StrJoin(box.operators, "+"));
    case Box::Kind::kMore:
      return absl::StrCat(box.count, " more");
    case Box::Kind::kOpened:
    case Box::Kind::kModule:
      break;
  }
  return absl::StrCat(path.empty() ? "model" : path,
                      box.count > 1 ? absl::StrCat("*", box.count) : "");
}

// "a(b c)" is an opened module with two in it.
std::string Boxes(const Summary& summary, const GraphView& view) {
  std::string text;
  std::vector<int> open;
  for (size_t i = 0; i < view.boxes.size(); ++i) {
    const Box& box = view.boxes[i];
    while (!open.empty() && open.back() != box.parent) {
      open.pop_back();
      text += ')';
    }
    if (!text.empty() && text.back() != '(') text += ' ';
    text += NameOf(summary, box);
    if (box.kind == Box::Kind::kOpened) {
      open.push_back(static_cast<int>(i));
      text += '(';
    }
  }
  text.append(open.size(), ')');
  return text;
}

std::vector<std::string> Links(const Summary& summary, const GraphView& view) {
  std::vector<std::string> texts;
  for (const Link& link : view.links) {
    std::string text =
        absl::StrCat(NameOf(summary, view.boxes[link.from]), " > ",
                     NameOf(summary, view.boxes[link.to]));
    for (absl::string_view name : link.operators) {
      absl::StrAppend(&text, " ", name);
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

struct Case {
  const char* name;
  Summary summary;
  int depth;
  bool fold;
  const char* boxes;
  std::vector<std::string> links;
};

TEST(GraphViewTest, BoxesAndLinks) {
  const Case cases[] = {
      {"the model is one box",
       Residual(),
       0,
       false,
       "input model output",
       {"input > model", "model > output"}},
      {"one level",
       Residual(),
       1,
       false,
       "input blocks head idle output",
       {"input > blocks", "blocks > head flatten", "head > output"}},
      {"the output of a block comes from what is drawn in it",
       Residual(),
       2,
       false,
       "input blocks(blocks.0 blocks.1) head idle output",
       {"input > blocks.0", "blocks.0 > blocks.1", "blocks.1 > head flatten",
        "head > output"}},
      {"where a block's own code makes its output of several, it is drawn",
       Residual(),
       3,
       false,
       "input blocks(blocks.0(blocks.0.conv blocks.0.norm blocks.0=add) "
       "blocks.1(blocks.1.conv blocks.1.norm blocks.1=add)) head idle output",
       {"input > blocks.0.conv", "blocks.0.conv > blocks.0.norm",
        "input > blocks.0=add", "blocks.0.norm > blocks.0=add",
        "blocks.0=add > blocks.1.conv", "blocks.1.conv > blocks.1.norm",
        "blocks.0=add > blocks.1=add", "blocks.1.norm > blocks.1=add",
        "blocks.1=add > head flatten", "head > output"}},
      {"folded, the first stands for all",
       Residual(),
       3,
       true,
       "input blocks(blocks.0*2(blocks.0.conv blocks.0.norm blocks.0=add)) "
       "head idle output",
       {"input > blocks.0.conv", "blocks.0.conv > blocks.0.norm",
        "input > blocks.0=add", "blocks.0.norm > blocks.0=add",
        "blocks.0=add > head flatten", "head > output"}},
      {"folded boxes",
       Residual(),
       2,
       true,
       "input blocks(blocks.0*2) head idle output",
       {"input > blocks.0*2", "blocks.0*2 > head flatten", "head > output"}},
      {"folds in folds",
       GraphOf({"", "s0", "s0.c0", "s0.c1", "s1", "s1.c0", "s1.c1"},
               {"model > s0", "model > s0.c0", "s0.c0 > s0.c1", "s0.c1 >> s0",
                "s0 > s1", "s0 > s1.c0", "s1.c0 > s1.c1", "s1.c1 >> s1",
                "s1 >> model"}),
       3,
       true,
       "input s0*2(s0.c0*2) output",
       {"input > s0.c0*2", "s0.c0*2 > output"}},
      {"a module fed with its own output, and one fed by an earlier call",
       GraphOf({"", "cell", "relu", "conv"},
               {"model > cell", "cell > cell", "cell > relu", "relu > conv",
                "conv > relu", "relu >> model"}),
       3,
       false,
       "input cell relu conv output",
       {"input > cell", "cell > cell", "cell > relu", "relu > conv",
        "conv > relu", "relu > output"}},
      {"what is done inside of a box is not on the way to it",
       GraphOf({"", "a", "s", "s.conv", "list", "list.0"},
               {"model > a", "a > s", "a > s.conv mul", "s.conv >> s",
                "s > list.0 neg", "list.0 >> model"}),
       1,
       false,
       "input a s list output",
       {"input > a", "a > s", "s > list", "list > output"}},
      {"boxes stand in the order of the run, then of registration",
       GraphOf({"", "idle", "b", "s", "s.d", "s.c", "a"},
               {"model > a", "a > s", "a > s.c", "s.c > s.d", "s.d >> s",
                "s > b", "b >> model"}),
       2,
       false,
       "input a s(s.c s.d) b idle output",
       {"input > a", "a > s.c", "s.c > s.d", "s.d > b", "b > output"}},
      {"operators behind the one module that makes the output",
       GraphOf({"", "s", "s.conv", "fc"},
               {"model > s", "model > s.conv", "s.conv >> s mean",
                "s > fc flatten", "fc >> model"}),
       3,
       false,
       "input s(s.conv) fc output",
       {"input > s.conv", "s.conv > fc mean flatten", "fc > output"}},
      {"a module that calls none of its children is one box",
       GraphOf({"", "attention", "attention.idle"},
               {"model > attention", "attention >> model"}),
       3,
       false,
       "input attention output",
       {"input > attention", "attention > output"}},
      {"an output that comes from nowhere that is known",
       GraphOf({"", "s", "s.conv", "fc"},
               {"model > s", "model > s.conv", "s > fc", "fc >> model"}),
       3,
       false,
       "input s(s.conv s=) fc output",
       {"input > s.conv", "s= > fc", "fc > output"}},
      {"an input that is given back",
       GraphOf({"", "a"}, {"model > a", "model >> model", "a >> model"}),
       3,
       false,
       "input a output",
       {"input > a", "input > output", "a > output"}},
  };
  for (const Case& row : cases) {
    SCOPED_TRACE(row.name);
    ViewOptions options;
    options.depth = row.depth;
    options.fold = row.fold;
    const GraphView view = MakeGraphView(row.summary, options);
    EXPECT_EQ(Boxes(row.summary, view), row.boxes);
    EXPECT_THAT(Links(row.summary, view), ElementsAreArray(row.links));
    EXPECT_THAT(view.notes, IsEmpty());
  }
}

TEST(GraphViewTest, WhatIsTooMuchIsCutWithAWord) {
  ViewOptions options;
  options.max_boxes = 4;
  const Summary residual = Residual();
  GraphView view = MakeGraphView(residual, options);
  EXPECT_EQ(Boxes(residual, view), "input blocks head idle output");
  EXPECT_THAT(view.notes,
              ElementsAre("cut at depth 1: one more level has 2 modules more"));

  const Summary row = Row(6);
  view = MakeGraphView(row, options);
  EXPECT_EQ(Boxes(row, view), "input m0 m1 m2 m3 2 more output");
  EXPECT_THAT(Links(row, view),
              ElementsAre("input > m0", "m0 > m1", "m1 > m2", "m2 > m3",
                          "m3 > 2 more", "2 more > output"));
  EXPECT_THAT(view.notes, ElementsAre("cut after 4 of 6 modules"));

  options.max_boxes = 100;
  options.max_links = 3;
  view = MakeGraphView(residual, options);
  EXPECT_EQ(view.depth, 1);
  EXPECT_THAT(view.notes,
              ElementsAre("cut at depth 1: more has over 3 arrows"));
  view = MakeGraphView(row, options);
  EXPECT_EQ(view.links.size(), 3u);
  EXPECT_THAT(view.notes, ElementsAre("cut after 3 arrows"));
}

TEST(GraphViewTest, ADeepModelIsCut) {
  const Summary summary = Nested(10000);
  ViewOptions options;
  options.depth = 1000000;
  for (const bool fold : {false, true}) {
    options.fold = fold;
    const GraphView view = MakeGraphView(summary, options);
    EXPECT_EQ(view.depth, 64);
    ASSERT_EQ(view.links.size(), 2u);
    EXPECT_THAT(view.notes[0], HasSubstr("cut at depth 64"));
  }
}

TEST(GraphViewTest, WhatIsNotKnownIsSaid) {
  Summary summary = Residual();
  summary.set_edges_incomplete(true);
  summary.mutable_run()->set_incomplete(true);
  EXPECT_THAT(
      MakeGraphView(summary, {}).notes,
      ElementsAre("some of the data flow is left out",
                  "the run failed half way: what came after is missing"));
  summary.clear_edges();
  EXPECT_THAT(MakeGraphView(summary, {}).notes[0],
              HasSubstr("no metric had operators watched"));
  for (Layer& layer : *summary.mutable_layers()) layer.clear_calls();
  EXPECT_THAT(MakeGraphView(summary, {}).notes[0], HasSubstr("nothing ran"));
}

TEST(GraphViewTest, ASavedSummaryMaySayAnything) {
  Summary summary = Residual();
  for (const int odd : {-5, 3, 1000000}) {
    Edge& edge = *summary.add_edges();
    edge.set_from(odd);
    edge.set_to(odd);
    edge.set_output(odd == 3);
    summary.add_edges()->set_to(odd);
    summary.add_edges()->set_from(odd);
  }
  for (Layer& layer : *summary.mutable_layers()) layer.set_parent(7);
  ViewOptions options;
  options.depth = 1000;
  for (const bool fold : {false, true}) {
    options.fold = fold;
    EXPECT_FALSE(MakeGraphView(summary, options).boxes.empty());
  }
}

}  // namespace
}  // namespace strata::formatters::graph
