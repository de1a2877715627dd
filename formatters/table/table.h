// The formatter `table`: the summary as people read it, as Keras prints it.

#ifndef STRATA_FORMATTERS_TABLE_TABLE_H_
#define STRATA_FORMATTERS_TABLE_TABLE_H_

#include "core/formatter.h"

namespace strata::formatters {

// A ruled table: a row for each layer down to options.depth, drawn as a tree,
// then the totals and the warnings, which no option changes.
//   A metric's cell is the layer's whole subtree; "?" where it is not known.
//   "not executed" stands in the column of output shapes, or after the layer.
//   " ×3" after a name: called three times. " [shared with a.b, +1]": it, or a
//   parameter of it, is held at that path too, and one more of it elsewhere.
//   " [inferred]": its calls were worked out, and not seen.
//   "weight (parameter [6, 8])": a parameter that its layer holds beside its
//   children, in front of them, one level deeper than its layer.
//   A total that is not in the summary has no line.
//   A run that failed half way is said under the title.
//
// options.fold: siblings in a row that are alike in all but their own names
// (the whole subtree, its shapes and its figures) become one row, as in
// "1 … 35 (Bottleneck) ×35". Its cells, and the rows below it, are those of
// each one, not of the 35 together.
//
// options.match and expand choose rows, as formatters/common/row_selection.h
// says; options.heat adds a column of bars (core/columns.h).
//
// options.width: text is cut to fit, the widest columns first; numbers never
// are, so a table of many columns may still be wider. Without a width nothing
// is cut. Names come from a file and are no more trusted than it is: what could
// draw on the terminal is replaced.
class TableFormatter : public Formatter {
 public:
  absl::Status Format(const Summary& summary, const FormatOptions& options,
                      Sink& sink) override;
};

}  // namespace strata::formatters

#endif  // STRATA_FORMATTERS_TABLE_TABLE_H_
