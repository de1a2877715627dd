// The figures of the whole model, below the table.

#ifndef STRATA_FORMATTERS_TABLE_TOTALS_H_
#define STRATA_FORMATTERS_TABLE_TOTALS_H_

#include <string>
#include <vector>

namespace strata {
class Summary;  // core/summary.pb.h
}  // namespace strata

namespace strata::formatters::table {

// Lines whose values end in the same cell: "Total params:      61,706". A total
// that the summary does not have has none.
struct Totals {
  std::vector<std::string> counts;
  std::vector<std::string> sizes;
  int width = 0;  // Of every line.
};

Totals MakeTotals(const Summary& summary, bool unicode);

}  // namespace strata::formatters::table

#endif  // STRATA_FORMATTERS_TABLE_TOTALS_H_
