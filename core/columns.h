// A summary's columns as text: what the formatters that print rows share.

#ifndef STRATA_CORE_COLUMNS_H_
#define STRATA_CORE_COLUMNS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/summary.pb.h"

namespace strata {

// One column of rows: a metric's, or one that tells of the layer itself.
struct TextColumn {
  std::string id;          // "output_size", or a metric column's id.
  std::string title;       // "Output shape"
  bool is_number = false;  // Numbers are aligned to the right.
  bool is_metric = false;
};

// Every name that --columns takes for these metric columns, torchinfo's names
// (num_params, mult_adds) among them.
std::vector<std::string> ColumnNames(const std::vector<Column>& metric_columns);

// The columns of these names; for no names the ones that fit the summary: the
// output shape when it ran, then each metric's. kInvalidArgument: no such
// column, with the nearest.
absl::StatusOr<std::vector<TextColumn>> ResolveColumns(
    const Summary& summary, const std::vector<std::string>& names);

// The cell, "" when the column does not apply to the layer (it has no kernel
// size), "?" when a metric does not know its value.
std::string CellText(const TextColumn& column, const Summary& summary,
                     const Layer& layer);

// "1,234,567"
std::string WithCommas(int64_t value);
// "[1, 64, 56, 56]"
std::string ShapeCell(const Tensor& tensor);
// "978.07 kB": powers of 1000, as torchinfo and disks count.
std::string BytesText(int64_t bytes);

}  // namespace strata

#endif  // STRATA_CORE_COLUMNS_H_
