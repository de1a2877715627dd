#include "formatters/markdown/escape.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace strata::formatters::markdown {
namespace {

struct Case {
  std::string text;
  std::string expected;
};

// That GitHub's own renderer makes the same text of these: tests/e2e/
// markdown_test.py.
TEST(EscapeTest, Inline) {
  for (const Case& c : {
           Case{"", ""},
           Case{"Conv2d", "Conv2d"},
           Case{"[1, 64, 56, 56]", "[1, 64, 56, 56]"},
           Case{"1.5 kB", "1.5 kB"},
           Case{"层 ×2", "层 ×2"},
           Case{"a_b", "`a_b`"},
           Case{"__init__", "`__init__`"},
           Case{"*", "`*`"},
           Case{"<b>", "`<b>`"},
           Case{"@user", "`@user`"},
           Case{"#12", "`#12`"},
           Case{"GH-12", "`GH-12`"},
           Case{"https://x.y", "`https://x.y`"},
           Case{"www.x.y", "`www.x.y`"},
           Case{":smile:", "`:smile:`"},
           Case{"[a](b)", "`[a](b)`"},
           Case{"&lt;", "`&lt;`"},
           Case{"$x$", "`$x$`"},
           Case{"a|b", "<code>a&#124;b</code>"},
           Case{"`", "<code>&#96;</code>"},
           Case{"\\", "<code>&#92;</code>"},
           Case{"|<b>", "<code>&#124;&#60;b&#62;</code>"},
           Case{" <x", "<code> &#60;x</code>"},
           Case{"a\nb",
                "a\xef\xbf\xbd"
                "b"},
           Case{"\xe2\x80\xae*", "`\xef\xbf\xbd*`"},
       }) {
    EXPECT_EQ(Inline(c.text, true), c.expected);
  }
  EXPECT_EQ(Inline("层<", false), "`?<`");
}

TEST(EscapeTest, CodeIsAlwaysCode) {
  EXPECT_EQ(Code("conv1", true), "`conv1`");
  EXPECT_EQ(Code("", true), "");
  EXPECT_EQ(Code("a`b", true), "<code>a&#96;b</code>");
}

TEST(EscapeTest, ProseKeepsItsWords) {
  for (const Case& c : {
           Case{"", ""},
           Case{"metric 'macs' is left out: it needs a run",
                "metric `'macs'` is left out: it needs a run"},
           Case{"aten::cumsum has no formula (see the page).",
                "`aten::cumsum` has no formula (see the page)."},
           Case{"two  spaces", "two  spaces"},
           Case{"[x] done", "`[x]` done"},
           Case{"+ x", "`+` x"},
           Case{"- x", "`-` x"},
           Case{"1. x", "1. x"},
           Case{"# x", "`#` x"},
           Case{"a [1, 2] b", "a [1, 2] b"},
           Case{"<b>bold</b> |", "`<b>bold</b>` <code>&#124;</code>"},
           Case{"...", "..."},
       }) {
    EXPECT_EQ(Prose(c.text, true), c.expected);
  }
}

}  // namespace
}  // namespace strata::formatters::markdown
