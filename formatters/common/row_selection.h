// Which layers have a row: the options depth, expand and match.

#ifndef STRATA_FORMATTERS_COMMON_ROW_SELECTION_H_
#define STRATA_FORMATTERS_COMMON_ROW_SELECTION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/formatter.h"
#include "core/summary.pb.h"
#include "formatters/common/layer_tree.h"

namespace strata::formatters {

// By place in the summary.
struct RowSelection {
  std::vector<bool> shown;  // What a shown one is in is shown, too.
  // Whether rows of parameters that it holds itself may stand below it.
  std::vector<bool> parameters;
};

// With options.match what it finds is shown, at any depth, and what that is in;
// else what is not deeper than options.depth. Beside it the modules that
// options.expand names, with all below them and what they are in. The root is
// always shown. kInvalidArgument: no module has such a path (with the nearest),
// or match is no regular expression.
absl::StatusOr<RowSelection> SelectRows(const Summary& summary,
                                        const LayerTree& tree,
                                        const FormatOptions& options);

// "3 of 68 modules match", for the expression to follow; "" without one.
std::string MatchNote(const Summary& summary, const FormatOptions& options);

}  // namespace strata::formatters

#endif  // STRATA_FORMATTERS_COMMON_ROW_SELECTION_H_
