// A summary's columns: what the formatters that print rows share. Their cells:
// core/cell_texts.h.

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
  bool is_bytes = false;  // Cells as "12.85 MB"; the exact figure is in JSON.
  bool is_real = false;   // Cells as "12.85": four digits that count.
  // A bar for what part of the model's total it is: " 65% ██████▌".
  bool is_heat = false;
};

// Every name that --columns takes for these metric columns, torchinfo's names
// (num_params, mult_adds) among them.
std::vector<std::string> ColumnNames(const std::vector<Column>& metric_columns);

// The columns of these names; for no names the ones that fit the summary: the
// output shape when it ran, then each metric's that is not only shown on
// request. Where `heat` names a metric's column, a column of bars stands behind
// it, or at the end. kInvalidArgument: no such column, with the nearest.
absl::StatusOr<std::vector<TextColumn>> ResolveColumns(
    const Summary& summary, const std::vector<std::string>& names,
    const std::string& heat = "");

// "1,234,567"
std::string WithCommas(int64_t value);
// Four digits that count, and all before the point: "0.02713", "27.13",
// "271,312".
std::string RealText(double value);
// A figure as it is, for programs: "36864", or the fewest digits that give the
// same real number. "" where it is not known.
std::string TotalFigure(const MetricValue& value);
std::string SelfFigure(const MetricValue& value);
// A metric's total in a layer as a cell, with what it is measured in where the
// title does not say; "?" where it is not known.
std::string MetricCell(const TextColumn& column, const Layer& layer);
// "[1, 64, 56, 56]"
std::string ShapeCell(const Tensor& tensor);
std::string ShapeCell(const Parameter& parameter);
// "978.07 kB": powers of 1000, as torchinfo and disks count.
std::string BytesText(int64_t bytes);

}  // namespace strata

#endif  // STRATA_CORE_COLUMNS_H_
