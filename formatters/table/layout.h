// How wide the columns are.

#ifndef STRATA_FORMATTERS_TABLE_LAYOUT_H_
#define STRATA_FORMATTERS_TABLE_LAYOUT_H_

#include <string>
#include <vector>

#include "core/columns.h"
#include "core/formatter.h"
#include "formatters/table/cells.h"

namespace strata::formatters::table {

// Between two columns.
constexpr int kColumnGap = 2;

struct LayoutColumn {
  std::string title;
  bool is_number = false;  // To the right, and never cut.
  int least = 0;           // No text column is made narrower.
  int width = 0;
};

struct Layout {
  std::vector<LayoutColumn> columns;  // The first is that of the layers.
  int max_levels = 0;                 // See TreeLines.
  bool cuts = false;                  // Text wider than its column is cut.

  int Width() const;
};

// Columns for these rows, that fit options.width. `least`: the table is at
// least so wide.
Layout MakeLayout(const std::vector<TextColumn>& columns,
                  const std::vector<Row>& rows, const FormatOptions& options,
                  int least);

}  // namespace strata::formatters::table

#endif  // STRATA_FORMATTERS_TABLE_LAYOUT_H_
