// Text that a terminal may be given, and the cells that it takes there.

#ifndef STRATA_CORE_PRINTABLE_H_
#define STRATA_CORE_PRINTABLE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace strata {

// The text without anything that could draw on the terminal or turn its
// direction: control and format characters, line separators and what is no
// UTF-8 become U+FFFD. Without `unicode`, all that is not ASCII becomes '?'.
std::string Printable(absl::string_view text, bool unicode);

// The text with U+FFFD in place of each byte that is no UTF-8: for data, where
// all that is some stays.
std::string ValidUtf8(absl::string_view text);

// The functions below are for printable text.

// How many cells of a terminal it takes: two for a wide character, none for a
// combining mark.
int DisplayWidth(absl::string_view text);

// As much of the beginning, or of the end, as fits `cells`.
absl::string_view FirstCells(absl::string_view text, int cells);
absl::string_view LastCells(absl::string_view text, int cells);

// Lines of at most `width` cells, broken at spaces where there are any; all but
// the first begin with `indent` spaces. Width 0: one line.
std::vector<std::string> Wrap(absl::string_view text, int width, int indent);

}  // namespace strata

#endif  // STRATA_CORE_PRINTABLE_H_
