#include "formatters/common/tree_lines.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/printable.h"

namespace strata::formatters {

std::string TreeLines::Next(const TreeRow& row) {
  goes_on_.resize(row.depth + 1);
  goes_on_[row.depth] = row.has_sibling_below;
  if (row.depth == 0) return "";
  std::string lines;
  if (row.depth > max_levels_) {
    lines = NumberedLevel(row.depth);
  } else {
    for (int level = 1; level < row.depth; ++level) {
      absl::StrAppend(&lines, goes_on_[level] ? glyphs_.pipe : glyphs_.nothing);
    }
  }
  absl::StrAppend(&lines,
                  row.has_sibling_below ? glyphs_.branch : glyphs_.corner);
  return lines;
}

std::string TreeLines::NumberedLevel(int depth) const {
  const std::string level = absl::StrCat(glyphs_.ellipsis, depth, " ");
  const int room = (max_levels_ - 1) * kLevelWidth;
  const int spaces = std::max(0, room - DisplayWidth(level));
  return absl::StrCat(std::string(spaces, ' '), level);
}

}  // namespace strata::formatters
