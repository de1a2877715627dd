// The figures of the whole model, below the table.

#ifndef STRATA_FORMATTERS_TABLE_TOTALS_H_
#define STRATA_FORMATTERS_TABLE_TOTALS_H_

#include <string>
#include <vector>

namespace strata {
struct FormatOptions;  // core/formatter.h
class Summary;         // core/summary.pb.h
}  // namespace strata

namespace strata::formatters::table {

// Lines whose values end in the same cell: "Total params:      61,706". A total
// that the summary does not have has none.
struct Totals {
  // Counts, sizes, what a run takes; no group is empty.
  std::vector<std::vector<std::string>> groups;
  int width =
      0;  // Of every line, but for a path that is longer than any table.
};

Totals MakeTotals(const Summary& summary, const FormatOptions& options);

}  // namespace strata::formatters::table

#endif  // STRATA_FORMATTERS_TABLE_TOTALS_H_
