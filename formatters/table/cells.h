// What stands in a row of the table.

#ifndef STRATA_FORMATTERS_TABLE_CELLS_H_
#define STRATA_FORMATTERS_TABLE_CELLS_H_

#include <vector>

#include "core/cell_texts.h"
#include "core/columns.h"
#include "core/formatter.h"
#include "formatters/common/tree_rows.h"
#include "formatters/table/layer_cell.h"
#include "formatters/table/spans.h"

namespace strata::formatters::table {

// What is said of the layer or the parameter itself; also that it did not run,
// where no column does.
LayerCell MakeLayerCell(const TreeRow& place,
                        const std::vector<TextColumn>& columns,
                        const FormatOptions& options);

// A cell for each column.
std::vector<Span> MakeCells(const TreeRow& place,
                            const std::vector<TextColumn>& columns,
                            const CellTexts& texts,
                            const FormatOptions& options);

}  // namespace strata::formatters::table

#endif  // STRATA_FORMATTERS_TABLE_CELLS_H_
