// What stands in a row of the table.

#ifndef STRATA_FORMATTERS_TABLE_CELLS_H_
#define STRATA_FORMATTERS_TABLE_CELLS_H_

#include <vector>

#include "core/columns.h"
#include "formatters/table/spans.h"
#include "formatters/table/tree_rows.h"

namespace strata::formatters::table {

struct Row {
  TreeRow place;
  Spans label;  // "conv1 ×3 (Conv2d)", without the lines of the tree.
  Spans marks;  // " [shared] ×35 [not executed]": what is not cut with it.
  std::vector<Spans> cells;
};

// What is said of the layer, and a cell for each column.
Row MakeRow(const TreeRow& place, const std::vector<TextColumn>& columns,
            const Summary& summary, bool unicode);

}  // namespace strata::formatters::table

#endif  // STRATA_FORMATTERS_TABLE_CELLS_H_
