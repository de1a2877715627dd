// The layers that have a row.

#ifndef STRATA_FORMATTERS_COMMON_TREE_ROWS_H_
#define STRATA_FORMATTERS_COMMON_TREE_ROWS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace strata {
struct FormatOptions;  // core/formatter.h
class Layer;           // core/summary.pb.h
class Parameter;       // core/summary.pb.h
class Summary;         // core/summary.pb.h
}  // namespace strata

namespace strata::formatters {

// A row of a layer, or of a parameter that it holds.
struct TreeRow {
  const Layer* layer = nullptr;
  const Parameter* parameter = nullptr;    // nullptr: it is the layer's row.
  const std::string* last_name = nullptr;  // Of the siblings folded, if any.
  int place = 0;                           // The layer's, in the summary.
  int count = 1;                           // How many siblings it stands for.
  int depth = 0;
  bool has_sibling_below = false;
  // With options.depth_index, of a layer's row: running numbers, as in "1-3",
  // of the layer and of the last of the siblings folded. Else 0.
  int depth_number = 0;
  int last_depth_number = 0;
};

// The rows that options.depth, expand and match ask for (row_selection.h, whose
// errors these are); the root always has one. A layer that has children has a
// row, in front of them, for each parameter that it holds itself; with
// options.parameter_rows every layer has. With options.hide_recursive only the
// first place of a module has rows. With options.fold siblings in a row that
// are alike have one together.
absl::StatusOr<std::vector<TreeRow>> TreeRows(const Summary& summary,
                                              const FormatOptions& options);

}  // namespace strata::formatters

#endif  // STRATA_FORMATTERS_COMMON_TREE_ROWS_H_
