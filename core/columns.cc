#include "core/columns.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/error.h"

namespace strata {
namespace {

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

template <typename Tensors>
std::string ShapesCell(const Tensors& tensors) {
  return absl::StrJoin(tensors, ", ", [](std::string* out, const Tensor& t) {
    absl::StrAppend(out, ShapeCell(t));
  });
}

std::string InputsCell(const Layer& layer) {
  return layer.calls().empty() ? "" : ShapesCell(layer.calls(0).inputs());
}

std::string OutputsCell(const Layer& layer) {
  return layer.calls().empty() ? "" : ShapesCell(layer.calls(0).outputs());
}

std::string TrainableCell(const Layer& layer) {
  if (layer.parameters().empty()) return "";
  const auto trainable = std::count_if(
      layer.parameters().begin(), layer.parameters().end(),
      [](const Parameter& parameter) { return parameter.trainable(); });
  if (trainable == layer.parameters_size()) return "yes";
  return trainable == 0 ? "no" : "partly";
}

std::string DtypeCell(const Layer& layer) {
  std::vector<std::string> dtypes;
  for (const Parameter& parameter : layer.parameters()) {
    if (std::find(dtypes.begin(), dtypes.end(), parameter.dtype()) ==
        dtypes.end()) {
      dtypes.push_back(parameter.dtype());
    }
  }
  return absl::StrJoin(dtypes, ", ");
}

std::string PercentCell(const Summary& summary, const Layer& layer) {
  const auto total = summary.totals().find("params");
  const auto value = layer.metrics().find("params");
  if (total == summary.totals().end() || total->second == 0 ||
      value == layer.metrics().end() || !value->second.has_total()) {
    return "";
  }
  return absl::StrFormat("%.2f%%",
                         100.0 * value->second.total() / total->second);
}

std::string MetricCell(const std::string& id, const Layer& layer) {
  const auto value = layer.metrics().find(id);
  if (value == layer.metrics().end() || !value->second.has_total()) return "?";
  return WithCommas(value->second.total());
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
    const Summary& summary, const std::vector<std::string>& names) {
  std::vector<std::string> wanted = names;
  if (wanted.empty()) {
    if (summary.has_run()) wanted.push_back("output_size");
    for (const Column& column : summary.columns()) {
      wanted.push_back(column.id());
    }
  }
  std::vector<TextColumn> resolved;
  for (const std::string& name : wanted) {
    const absl::string_view id = WithoutAlias(name);
    TextColumn text{std::string(id), "", false, false};
    for (const auto& [layer_id, title] : kLayerColumns) {
      if (layer_id == id) text.title = std::string(title);
    }
    text.is_number = id == "params_percent" || id == "groups";
    for (const Column& column : summary.columns()) {
      if (column.id() != id) continue;
      text.title = column.unit().empty()
                       ? column.title()
                       : absl::StrCat(column.title(), " (", column.unit(), ")");
      text.is_number = text.is_metric = true;
    }
    if (text.title.empty()) {
      return WithHint(
          absl::InvalidArgumentError(absl::StrCat("no column '", name, "'")),
          NearestNameHint(name, ColumnNames({summary.columns().begin(),
                                             summary.columns().end()})));
    }
    resolved.push_back(std::move(text));
  }
  return resolved;
}

std::string CellText(const TextColumn& column, const Summary& summary,
                     const Layer& layer) {
  if (column.is_metric) return MetricCell(column.id, layer);
  if (column.id == "input_size") return InputsCell(layer);
  if (column.id == "output_size") return OutputsCell(layer);
  if (column.id == "params_percent") return PercentCell(summary, layer);
  if (column.id == "trainable") return TrainableCell(layer);
  if (column.id == "dtype") return DtypeCell(layer);
  const auto attribute = layer.attributes().find(column.id);
  return attribute == layer.attributes().end() ? "" : attribute->second;
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
  return absl::StrCat("[", absl::StrJoin(tensor.shape(), ", "), "]");
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
