// Pieces of text, each in one style, that stand together on a line.

#ifndef STRATA_FORMATTERS_TABLE_SPANS_H_
#define STRATA_FORMATTERS_TABLE_SPANS_H_

#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"

namespace strata::formatters::table {

enum class Style { kPlain, kBold, kDim, kYellow };

struct Span {
  std::string text;  // Printable.
  Style style = Style::kPlain;
};

// As many as nearly all cells have need no memory of their own.
using Spans = absl::InlinedVector<Span, 2>;

int SpansWidth(const Spans& spans);

// The spans in at most `cells` cells: as they are, or with `ellipsis` in place
// of what is left out at the end or in the middle.
Spans CutEnd(Spans spans, int cells, absl::string_view ellipsis);
Spans CutMiddle(Spans spans, int cells, absl::string_view ellipsis);

// The text; with `color` each style is switched on before and off after.
void AppendSpans(const Spans& spans, bool color, std::string& out);

}  // namespace strata::formatters::table

#endif  // STRATA_FORMATTERS_TABLE_SPANS_H_
