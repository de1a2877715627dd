#include "formatters/table/glyphs.h"

namespace strata::formatters::table {

const Glyphs& GetGlyphs(bool unicode) {
  static constexpr Glyphs kUnicode = {"├─ ", "└─ ", "│  ", "   ",
                                      "═",   "─",   "×",   "…"};
  static constexpr Glyphs kAscii = {"|- ", "`- ", "|  ", "   ",
                                    "=",   "-",   "x",   "..."};
  return unicode ? kUnicode : kAscii;
}

}  // namespace strata::formatters::table
