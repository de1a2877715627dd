#include "core/columns.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/error.h"
#include "core/expression_cells.h"

namespace strata {
namespace {

constexpr absl::string_view kBytes = "bytes";
constexpr char kUnknown[] = "?";

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
  std::string text = "[";
  for (const auto& size : sizes) {
    absl::StrAppend(&text, text.size() > 1 ? ", " : "", size);
  }
  return text += ']';
}

// Bytes are written with a unit of their own in each cell.
std::string Title(const Column& column) {
  if (column.title().empty()) return column.id();  // Not one of ours.
  if (column.unit().empty() || column.unit() == kBytes) return column.title();
  return absl::StrCat(column.title(), " (", column.unit(), ")");
}

// absl::StrCat gives six digits.
std::string ShortestText(double value) {
  char text[32];
  const auto end = std::to_chars(std::begin(text), std::end(text), value);
  return std::string(std::begin(text), end.ptr);
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
      text.is_real = column.real();
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

std::string RealText(double value) {
  constexpr int kDigits = 4;
  const double size = std::abs(value);
  if (size >= 1e15) return absl::StrFormat("%.3e", value);
  if (size >= 999.95) {
    return WithCommas(static_cast<int64_t>(std::llround(value)));
  }
  if (size == 0) return "0";
  const int before = static_cast<int>(std::floor(std::log10(size))) + 1;
  if (before < -kDigits) return absl::StrFormat("%.3e", value);
  return absl::StrFormat("%.*f", kDigits - before, value);
}

std::string TotalFigure(const MetricValue& value) {
  if (value.has_real_total()) return ShortestText(value.real_total());
  return value.has_total() ? absl::StrCat(value.total()) : "";
}

std::string SelfFigure(const MetricValue& value) {
  if (value.has_real_self()) return ShortestText(value.real_self());
  return value.has_self() ? absl::StrCat(value.self()) : "";
}

std::string MetricCell(const TextColumn& column, const Layer& layer) {
  const auto found = layer.metrics().find(column.id);
  if (found == layer.metrics().end()) return kUnknown;
  const MetricValue& value = found->second;
  if (column.is_real) {
    if (!value.has_real_total()) return kUnknown;
    const double total = value.real_total();
    if (!column.is_bytes) return RealText(total);
    const auto bytes = static_cast<int64_t>(std::llround(std::abs(total)));
    return absl::StrCat(total < 0 ? "-" : "", BytesText(bytes));
  }
  if (!value.has_total()) return kUnknown;
  std::string figure =
      column.is_bytes ? BytesText(value.total()) : WithCommas(value.total());
  if (!value.has_total_expression()) return figure;
  return ExpressionCell(value.total_expression(), figure, column.is_bytes);
}

std::string ShapeCell(const Tensor& tensor) {
  if (tensor.symbolic_shape().empty()) return SizesText(tensor.shape());
  return absl::StrCat(
      "[",
      absl::StrJoin(tensor.symbolic_shape(), ", ",
                    [](std::string* out, const std::string& size) {
                      absl::StrAppend(out, ExpressionText(size));
                    }),
      "]");
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
