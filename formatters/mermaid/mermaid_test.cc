#include "formatters/mermaid/mermaid.h"

#include <regex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "formatters/graph_view/test_graphs.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata::formatters {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string Mermaid(const Summary& summary, const FormatOptions& options = {}) {
  StringSink sink;
  EXPECT_THAT(MermaidFormatter().Format(summary, options, sink), IsOk());
  return sink.text();
}

// Each line is one of those that we mean to write, and in a text are only signs
// that stand for themselves in Mermaid 11 (tried with its own parser, see the
// README), or entities. Subgraphs are closed; what is linked is there.
void ExpectIsMermaid(const std::string& text) {
  const std::string quoted =
      R"re("([A-Za-z0-9 ,:\[\]()/+_.\x80-\xff-]|#[0-9]+;|<br>)+")re";
  const std::string texted =
      absl::StrCat(R"re( *(n[0-9]+|note)(\[)re", quoted, R"re(\]|\(\[)re",
                   quoted, R"re(\]\)):::[a-z_]+[0-9]?)re");
  const std::regex comment("  %% [A-Za-z0-9 ,:\\[\\]()/+_.#;\x80-\xff-]*",
                           std::regex::optimize);
  const std::regex box(texted);
  const std::regex open(
      absl::StrCat(R"re( *subgraph n[0-9]+\[)re", quoted, R"re(\])re"));
  const std::regex link(
      absl::StrCat(R"re(  n[0-9]+ -->(\|)re", quoted, R"re(\|)? n[0-9]+)re"));
  const std::regex classes(
      R"re(  class(Def [a-z_]+[0-9]? [a-z0-9#:, -]+| n[0-9,n]+ open_))re");
  int levels = 0;
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  ASSERT_EQ(lines[0], "flowchart TB");
  ASSERT_EQ(lines.back(), "");
  for (size_t i = 1; i + 1 < lines.size(); ++i) {
    const std::string& line = lines[i];
    if (std::regex_match(line, open)) {
      ++levels;
    } else if (std::regex_match(line, std::regex(" *end"))) {
      ASSERT_GE(--levels, 0);
    } else {
      EXPECT_TRUE(std::regex_match(line, box) || std::regex_match(line, link) ||
                  std::regex_match(line, classes) ||
                  std::regex_match(line, comment))
          << line;
    }
  }
  EXPECT_EQ(levels, 0);
}

TEST(MermaidTest, LooksLikeThis) {
  FormatOptions options;
  options.fold = true;
  const std::string text = Mermaid(graph::Residual(), options);
  EXPECT_EQ(text.substr(0, text.find("  classDef")), R"(flowchart TB
  %% Net
  n0(["input"]):::end_
  subgraph n1["blocks (Blocks), Params: 70"]
    subgraph n2["blocks.0 … 1 ×2 (Block), Params: 30 each"]
      n3["Conv<br>blocks.0.conv<br>[2]<br>Params: 10"]:::shade4
      n4["Norm<br>blocks.0.norm<br>[2]<br>Params: 10"]:::shade4
      n5(["add"]):::end_
    end
  end
  n6["Head<br>head<br>[2]<br>Params: 10"]:::shade4
  n7["Idle<br>idle<br>not executed<br>Params: 10"]:::gone
  n8(["output"]):::end_
  n0 -->|"[2]"| n3
  n3 -->|"[2]"| n4
  n0 --> n5
  n4 --> n5
  n5 -->|"[2]<br>flatten"| n6
  n6 -->|"[2]"| n8
  class n2,n1 open_
)");
  ExpectIsMermaid(text);
}

TEST(MermaidTest, HostileNamesAreTexts) {
  for (const std::string& name : graph::HostileNames()) {
    SCOPED_TRACE(name.substr(0, 40));
    ExpectIsMermaid(Mermaid(graph::Hostile(name)));
  }
}

TEST(MermaidTest, ItStaysWithinMermaidsLimits) {
  const Summary summaries[] = {graph::Row(5000), graph::Nested(5000),
                               graph::Residual()};
  for (const Summary& summary : summaries) {
    FormatOptions options;
    options.depth = 1000000;
    const std::string text = Mermaid(summary, options);
    ExpectIsMermaid(text);
    EXPECT_LE(text.size(), 50000u);
    int links = 0;
    for (const auto line : absl::StrSplit(text, '\n')) {
      if (absl::StrContains(line, " -->")) ++links;
    }
    EXPECT_LE(links, 500);
    if (summary.layers_size() > 1000) {
      EXPECT_THAT(text, HasSubstr("note[\"cut "));
    } else {
      EXPECT_THAT(text, Not(HasSubstr("note[")));
    }
  }
}

TEST(MermaidTest, ColumnsThatAreNotThereAreRefused) {
  FormatOptions options;
  options.columns = {"no_such"};
  StringSink sink;
  EXPECT_THAT(MermaidFormatter().Format(graph::Residual(), options, sink),
              IsError(absl::StatusCode::kInvalidArgument, "no_such"));
}

}  // namespace
}  // namespace strata::formatters
