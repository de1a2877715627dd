#include "formatters/common/glyphs.h"

namespace strata::formatters {

const Glyphs& GetGlyphs(bool unicode) {
  static constexpr Glyphs kUnicode = {"├─ ", "└─ ", "│  ", "   ",
                                      "═",   "─",   "×",   "…"};
  static constexpr Glyphs kAscii = {"|- ", "`- ", "|  ", "   ",
                                    "=",   "-",   "x",   "..."};
  return unicode ? kUnicode : kAscii;
}

}  // namespace strata::formatters
