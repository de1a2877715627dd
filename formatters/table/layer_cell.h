// The cell of the first column: what is cut of it, and in which order.

#ifndef STRATA_FORMATTERS_TABLE_LAYER_CELL_H_
#define STRATA_FORMATTERS_TABLE_LAYER_CELL_H_

#include <string>

#include "absl/strings/string_view.h"
#include "formatters/table/spans.h"

namespace strata::formatters::table {

// " [shared with embedding.weight, +2]"; " [shared]" where nobody knows with
// what.
struct SharedMark {
  bool is_shared = false;
  std::string with;  // Printable.
  int more = 0;      // Others that it is shared with.
};

// Without the lines of the tree.
struct LayerCell {
  Spans label;  // "conv1 ×3 (Conv2d)"
  SharedMark shared;
  Spans marks;  // " ×35 [not executed]"
};

Spans WholeLayerCell(LayerCell cell);
int LayerCellWidth(const LayerCell& cell);  // Of the whole.

// At most `room` cells of it. First the end of the label gives way, then the
// middle of the path in the mark, then that path as a whole: the marks say too
// much to be cut themselves, unless they would leave no name.
Spans FitLayerCell(LayerCell cell, int room, absl::string_view ellipsis);

}  // namespace strata::formatters::table

#endif  // STRATA_FORMATTERS_TABLE_LAYER_CELL_H_
