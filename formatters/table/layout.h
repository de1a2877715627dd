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

// Makes columns that fit options.width. Looks at each row once.
class LayoutMaker {
 public:
  LayoutMaker(const std::vector<TextColumn>& columns,
              const FormatOptions& options);

  void Look(const TreeRow& place, const LayerCell& layer,
            const std::vector<Span>& cells);

  // `least`: the table is at least so wide.
  Layout Make(int least) const;

 private:
  const int width_;
  std::vector<LayoutColumn> columns_;  // As wide as what was seen.
};

}  // namespace strata::formatters::table

#endif  // STRATA_FORMATTERS_TABLE_LAYOUT_H_
