#include "formatters/markdown/escape.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "core/printable.h"

namespace strata::formatters::markdown {
namespace {

// Of what is not ASCII nothing is markup.
bool IsPlain(char c) {
  return !absl::ascii_isascii(c) || absl::ascii_isalnum(c) ||
         absl::StrContains(" ,;%?+[]", c);
}

// What means nothing between letters and digits: "1.5", "x-y", "1-3". But
// GH-12 is an issue.
bool IsPlainBetween(char before, char c, char after) {
  if (!absl::ascii_isalnum(before) || !absl::ascii_isalnum(after)) return false;
  if (c == '.') return true;
  return c == '-' &&
         !(absl::ascii_isalpha(before) && absl::ascii_isdigit(after));
}

bool IsPlain(absl::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (IsPlain(text[i])) continue;
    const bool is_inside = i > 0 && i + 1 < text.size();
    if (!is_inside || !IsPlainBetween(text[i - 1], text[i], text[i + 1])) {
      return false;
    }
  }
  // A link in GitHub's eyes.
  return !absl::StrContains(absl::AsciiStrToLower(text), "www.");
}

bool FitsBackticks(absl::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return c == '`' || c == '\\' || c == '|'; });
}

// In <code>, where Markdown goes on: all its signs are entities.
std::string Entities(absl::string_view text) {
  std::string escaped = "<code>";
  for (const char c : text) {
    if (absl::ascii_isascii(c) && absl::ascii_ispunct(c)) {
      absl::StrAppend(&escaped, "&#", static_cast<int>(c), ";");
    } else {
      escaped += c;
    }
  }
  return escaped + "</code>";
}

std::string CodeOf(absl::string_view printable) {
  if (printable.empty()) return "";
  // A code span loses one space at each end, and one of spaces is none.
  const bool has_edges = printable.front() == ' ' || printable.back() == ' ';
  if (has_edges || !FitsBackticks(printable)) return Entities(printable);
  return absl::StrCat("`", printable, "`");
}

}  // namespace

std::string Inline(absl::string_view text, bool unicode) {
  const std::string printable = Printable(text, unicode);
  return IsPlain(printable) ? printable : CodeOf(printable);
}

std::string Prose(absl::string_view text, bool unicode) {
  std::string prose;
  const std::string printable = Printable(text, unicode);
  for (absl::string_view word : absl::StrSplit(printable, ' ')) {
    if (!prose.empty()) prose += ' ';
    if (absl::ConsumePrefix(&word, "(")) prose += '(';
    const size_t end = word.find_last_not_of(".,:;)");
    const size_t size = end == word.npos ? 0 : end + 1;
    const absl::string_view name = word.substr(0, size);
    // At the beginning of a line they would be a list or a box to tick.
    const bool marks = prose.empty() &&
                       absl::StrContains("+[", name.substr(0, 1)) &&
                       !name.empty();
    absl::StrAppend(&prose,
                    IsPlain(name) && !marks ? std::string(name) : CodeOf(name),
                    word.substr(size));
  }
  return prose;
}

std::string Code(absl::string_view text, bool unicode) {
  return CodeOf(Printable(text, unicode));
}

}  // namespace strata::formatters::markdown
