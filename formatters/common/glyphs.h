// What the table is drawn with.

#ifndef STRATA_FORMATTERS_COMMON_GLYPHS_H_
#define STRATA_FORMATTERS_COMMON_GLYPHS_H_

#include "absl/strings/string_view.h"

namespace strata::formatters {

struct Glyphs {
  absl::string_view branch;   // Before a layer that has a sibling below.
  absl::string_view corner;   // Before the last one.
  absl::string_view pipe;     // A level that goes on below.
  absl::string_view nothing;  // A level that does not.
  absl::string_view heavy_rule;
  absl::string_view light_rule;
  absl::string_view times;
  absl::string_view ellipsis;
};

// Each level of the tree takes as many cells.
constexpr int kLevelWidth = 3;

const Glyphs& GetGlyphs(bool unicode);

}  // namespace strata::formatters

#endif  // STRATA_FORMATTERS_COMMON_GLYPHS_H_
