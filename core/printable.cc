#include "core/printable.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"

namespace strata {
namespace {

constexpr absl::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

struct CodePoint {
  int32_t value = -1;  // -1: not UTF-8.
  size_t bytes = 1;
};

CodePoint ReadCodePoint(absl::string_view text) {
  CodePoint read;
  const utf8proc_ssize_t bytes =
      utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                       static_cast<utf8proc_ssize_t>(text.size()), &read.value);
  if (bytes <= 0) return {};
  read.bytes = static_cast<size_t>(bytes);
  return read;
}

bool IsPlainAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= ' ' && c < '\x7f'; });
}

bool MayBePrinted(int32_t code_point) {
  if (code_point < 0) return false;
  switch (utf8proc_category(code_point)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:  // Among them those that turn the direction.
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CN:  // Unassigned: nobody knows how wide it is.
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return false;
    default:
      return true;
  }
}

// Where the first code point that would be cell number cells + 1 begins.
size_t BytesOfCells(absl::string_view text, int cells) {
  size_t at = 0;
  while (at < text.size()) {
    const CodePoint next = ReadCodePoint(text.substr(at));
    cells -= utf8proc_charwidth(next.value);
    if (cells < 0) break;
    at += next.bytes;
  }
  return at;
}

// Where to break a line that may take `most` bytes of a longer text.
size_t BreakAt(absl::string_view text, size_t most) {
  const size_t space = text.substr(0, most + 1).rfind(' ');
  return space == absl::string_view::npos || space == 0 ? most : space;
}

}  // namespace

std::string Printable(absl::string_view text, bool unicode) {
  if (IsPlainAscii(text)) return std::string(text);
  std::string printable;
  while (!text.empty()) {
    const CodePoint next = ReadCodePoint(text);
    const absl::string_view bytes = text.substr(0, next.bytes);
    const bool ascii = next.value >= ' ' && next.value < 0x7f;
    if (ascii || (unicode && MayBePrinted(next.value))) {
      printable.append(bytes.data(), bytes.size());
    } else {
      absl::StrAppend(&printable, unicode ? kReplacement : "?");
    }
    text.remove_prefix(next.bytes);
  }
  return printable;
}

std::string ValidUtf8(absl::string_view text) {
  std::string valid;
  while (!text.empty()) {
    const CodePoint next = ReadCodePoint(text);
    absl::StrAppend(&valid,
                    next.value < 0 ? kReplacement : text.substr(0, next.bytes));
    text.remove_prefix(next.bytes);
  }
  return valid;
}

int DisplayWidth(absl::string_view text) {
  if (IsPlainAscii(text)) return static_cast<int>(text.size());
  int width = 0;
  while (!text.empty()) {
    const CodePoint next = ReadCodePoint(text);
    width += utf8proc_charwidth(next.value);
    text.remove_prefix(next.bytes);
  }
  return width;
}

absl::string_view FirstCells(absl::string_view text, int cells) {
  return text.substr(0, BytesOfCells(text, cells));
}

absl::string_view LastCells(absl::string_view text, int cells) {
  // A wide character on the border goes, and so do the marks on what is gone.
  int surplus = DisplayWidth(text) - cells;
  if (surplus <= 0) return text;
  while (!text.empty()) {
    const CodePoint next = ReadCodePoint(text);
    const int width = utf8proc_charwidth(next.value);
    if (surplus <= 0 && width > 0) break;
    surplus -= width;
    text.remove_prefix(next.bytes);
  }
  return text;
}

std::vector<std::string> Wrap(absl::string_view text, int width, int indent) {
  // Room for some words, or at least for one wide character, must remain.
  constexpr int kLeast = 8;
  if (width == 0) return {std::string(text)};
  std::vector<std::string> lines;
  int margin = 0;
  do {
    const size_t most = BytesOfCells(text, std::max(width - margin, kLeast));
    const size_t end = most == text.size() ? most : BreakAt(text, most);
    lines.emplace_back(static_cast<size_t>(margin), ' ');
    lines.back().append(text.data(), end);
    text.remove_prefix(end);
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    margin = indent;
  } while (!text.empty());
  return lines;
}

}  // namespace strata
