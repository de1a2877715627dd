// The figures of the whole model, by what they are called.

#ifndef STRATA_FORMATTERS_COMMON_TOTAL_LINES_H_
#define STRATA_FORMATTERS_COMMON_TOTAL_LINES_H_

#include <string>
#include <vector>

#include "core/summary.pb.h"

namespace strata::formatters {

struct TotalLine {
  std::string label;            // "Total params", printable.
  std::string value;            // "61,706", "3.14 kB", printable.
  const Layer* peak = nullptr;  // Which layer was running then, if known.
};

// Counts, sizes, what a run takes; no group is empty. A total that the summary
// does not have has no line.
std::vector<std::vector<TotalLine>> TotalLines(const Summary& summary,
                                               bool unicode);

}  // namespace strata::formatters

#endif  // STRATA_FORMATTERS_COMMON_TOTAL_LINES_H_
