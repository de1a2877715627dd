#include "core/printable.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace strata {
namespace {

struct PrintableCase {
  std::string text;
  std::string unicode;
  std::string ascii;
  int width;  // Of `unicode`.
};

TEST(PrintableTest, ReplacesWhatCouldDraw) {
  const std::vector<PrintableCase> cases = {
      {"", "", "", 0},
      {"layer1.0", "layer1.0", "layer1.0", 8},
      {"a\nb\tc", "a�b�c", "a?b?c", 5},
      {"\x1b[2J", "�[2J", "?[2J", 4},
      {"\x7f", "�", "?", 1},
      {std::string("a\0b", 3), "a�b", "a?b", 3},
      {"\xc2\x9b"
       "1m",
       "�1m", "?1m", 3},  // C1: CSI.
      {"\xe2\x80\xae"
       "abc",
       "�abc", "?abc", 4},            // Right-to-left override.
      {"\xe2\x80\xa8", "�", "?", 1},  // Line separator.
      {"\xe2\x80\x8b", "�", "?", 1},  // Zero-width space.
      {"\xff", "�", "?", 1},
      {"\xc3", "�", "?", 1},              // Cut short.
      {"\xed\xa0\x80", "���", "???", 3},  // A surrogate.
      {"\xc0\x80", "��", "??", 2},        // Overlong.
      {"é", "é", "?", 1},
      {"e\xcc\x81", "e\xcc\x81", "e?", 1},  // A combining accent.
      {"卷积", "卷积", "??", 4},
      {"ｆ", "ｆ", "?", 2},
      {"🔥", "🔥", "?", 2},
      {"│…×", "│…×", "???", 3},
  };
  for (const PrintableCase& c : cases) {
    EXPECT_EQ(Printable(c.text, true), c.unicode);
    EXPECT_EQ(Printable(c.text, false), c.ascii);
    EXPECT_EQ(DisplayWidth(c.unicode), c.width) << c.unicode;
  }
}

struct CellsCase {
  std::string text;
  int cells;
  std::string first;
  std::string last;
};

TEST(PrintableTest, CutsAtCells) {
  const std::vector<CellsCase> cases = {
      {"", 3, "", ""},
      {"abc", 0, "", ""},
      {"abc", 2, "ab", "bc"},
      {"abc", 3, "abc", "abc"},
      {"abc", 9, "abc", "abc"},
      {"卷积层", 3, "卷", "层"},  // Half a character fits nowhere.
      {"卷积层", 4, "卷积", "积层"},
      {"e\xcc\x81"
       "a\xcc\x81",
       1, "e\xcc\x81", "a\xcc\x81"},
  };
  for (const CellsCase& c : cases) {
    EXPECT_EQ(FirstCells(c.text, c.cells), c.first);
    EXPECT_EQ(LastCells(c.text, c.cells), c.last);
  }
}

struct WrapCase {
  std::string text;
  int width;
  std::vector<std::string> lines;
};

TEST(PrintableTest, WrapsAtSpaces) {
  const std::vector<WrapCase> cases = {
      {"", 20, {""}},
      {"no limit at all", 0, {"no limit at all"}},
      {"it fits the line", 16, {"it fits the line"}},
      {"one two three four", 10, {"one two", "  three", "  four"}},
      {"aaaaaaaaaabbbbbbbb", 10, {"aaaaaaaaaa", "  bbbbbbbb"}},
      {"aaaaaaaaaa bb", 10, {"aaaaaaaaaa", "  bb"}},
      {"卷积层卷积层", 10, {"卷积层卷积", "  层"}},
      {"too narrow for it", 1, {"too", "  narrow", "  for it"}},
      {"          ", 10, {"          "}},
  };
  for (const WrapCase& c : cases) {
    EXPECT_THAT(Wrap(c.text, c.width, 2), testing::ElementsAreArray(c.lines));
  }
}

TEST(PrintableTest, ValidUtf8KeepsAllThatIsSome) {
  for (const auto& [text, valid] :
       std::vector<std::pair<std::string, std::string>>{
           {"", ""},
           {"a\n\x1b\x7f", "a\n\x1b\x7f"},
           {"层\xe2\x80\xae", "层\xe2\x80\xae"},
           {"\xff"
            "a",
            "\xef\xbf\xbd"
            "a"},
           {"\xe5\xb1", "\xef\xbf\xbd\xef\xbf\xbd"},
           {std::string("\0", 1), std::string("\0", 1)},
       }) {
    EXPECT_EQ(ValidUtf8(text), valid);
  }
}

}  // namespace
}  // namespace strata
