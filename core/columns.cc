#include "core/columns.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/error.h"

namespace strata {
namespace {

constexpr absl::string_view kBytes = "bytes";

// Columns that tell of the layer itself, whatever metrics ran.
constexpr std::array<std::pair<absl::string_view, absl::string_view>, 10>
    kLayerColumns = {{
        {"input_size", "Input shape"},
        {"output_size", "Output shape"},
        {"params_percent", "Params %"},
        {"kernel_size", "Kernel"},
        {"groups", "Groups"},
        {"stride", "Stride"},
        {"padding", "Padding"},
        {"dilation", "Dilation"},
        {"trainable", "Trainable"},
        {"dtype", "Dtype"},
    }};

absl::string_view WithoutAlias(absl::string_view name) {
  if (name == "num_params") return "params";
  if (name == "mult_adds") return "macs";
  return name;
}

template <typename Sizes>
std::string SizesText(const Sizes& sizes) {
  return absl::StrCat("[", absl::StrJoin(sizes, ", "), "]");
}

// Bytes are written with a unit of their own in each cell.
std::string Title(const Column& column) {
  if (column.title().empty()) return column.id();  // Not one of ours.
  if (column.unit().empty() || column.unit() == kBytes) return column.title();
  return absl::StrCat(column.title(), " (", column.unit(), ")");
}

absl::Status NoColumn(const Summary& summary, const std::string& name) {
  return WithHint(
      absl::InvalidArgumentError(absl::StrCat("no column '", name, "'")),
      NearestNameHint(name, ColumnNames({summary.columns().begin(),
                                         summary.columns().end()})));
}

absl::Status AddHeat(const Summary& summary, const std::string& name,
                     std::vector<TextColumn>& columns) {
  const absl::string_view id = WithoutAlias(name);
  for (const Column& column : summary.columns()) {
    if (column.id() != id) continue;
    TextColumn heat;
    heat.id = column.id();
    heat.title = absl::StrCat("% of ", Title(column));
    heat.is_heat = true;
    const auto same =
        std::find_if(columns.begin(), columns.end(),
                     [&](const TextColumn& other) { return other.id == id; });
    columns.insert(same == columns.end() ? same : same + 1, std::move(heat));
    return absl::OkStatus();
  }
  if (absl::c_linear_search(ColumnNames({}), name)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--heat=", name, ": only a metric's column has parts of a total"));
  }
  return NoColumn(summary, name);
}

}  // namespace

std::vector<std::string> ColumnNames(
    const std::vector<Column>& metric_columns) {
  std::vector<std::string> names;
  for (const auto& column : kLayerColumns) names.emplace_back(column.first);
  for (const Column& column : metric_columns) {
    names.push_back(column.id());
    if (column.id() == "params") names.push_back("num_params");
    if (column.id() == "macs") names.push_back("mult_adds");
  }
  return names;
}

absl::StatusOr<std::vector<TextColumn>> ResolveColumns(
    const Summary& summary, const std::vector<std::string>& names,
    const std::string& heat) {
  std::vector<std::string> wanted = names;
  if (wanted.empty()) {
    if (summary.has_run()) wanted.push_back("output_size");
    for (const Column& column : summary.columns()) {
      if (!column.on_request()) wanted.push_back(column.id());
    }
  }
  std::vector<TextColumn> resolved;
  for (const std::string& name : wanted) {
    const absl::string_view id = WithoutAlias(name);
    TextColumn text;
    text.id = std::string(id);
    for (const auto& [layer_id, title] : kLayerColumns) {
      if (layer_id == id) text.title = std::string(title);
    }
    text.is_number = id == "params_percent" || id == "groups";
    for (const Column& column : summary.columns()) {
      if (column.id() != id) continue;
      text.title = Title(column);
      text.is_number = text.is_metric = true;
      text.is_bytes = column.unit() == kBytes;
    }
    if (text.title.empty()) return NoColumn(summary, name);
    resolved.push_back(std::move(text));
  }
  if (!heat.empty()) {
    absl::Status added = AddHeat(summary, heat, resolved);
    if (!added.ok()) return added;
  }
  return resolved;
}

std::string WithCommas(int64_t value) {
  std::string digits = absl::StrCat(value);
  const size_t begin = digits[0] == '-' ? 1 : 0;
  for (size_t i = digits.size(); i > begin + 3;) {
    i -= 3;
    digits.insert(i, ",");
  }
  return digits;
}

std::string ShapeCell(const Tensor& tensor) {
  return SizesText(tensor.shape());
}

std::string ShapeCell(const Parameter& parameter) {
  return SizesText(parameter.shape());
}

std::string BytesText(int64_t bytes) {
  constexpr std::array<absl::string_view, 6> kUnits = {"kB", "MB", "GB",
                                                       "TB", "PB", "EB"};
  if (bytes < 1000) return absl::StrCat(bytes, " B");
  double value = bytes / 1000.0;
  size_t unit = 0;
  // 999.995 would print as 1000.00.
  while (value >= 999.995 && unit + 1 < kUnits.size()) {
    value /= 1000.0;
    ++unit;
  }
  return absl::StrFormat("%.2f %s", value, kUnits[unit]);
}

}  // namespace strata
