#include "core/cell_texts.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/count.h"
#include "core/expression_cells.h"

namespace strata {
namespace {

constexpr char kUnknown[] = "?";

// The shapes of all tensors of one call.
template <typename Tensors>
std::string ShapesText(const Tensors& tensors) {
  std::string text;
  for (const Tensor& tensor : tensors) {
    text += text.empty() ? ShapeCell(tensor) : ", " + ShapeCell(tensor);
  }
  return text;
}

// The total of a metric in a layer, or that it is not known.
Count TotalOf(const std::string& id, const Layer& layer) {
  const auto value = layer.metrics().find(id);
  if (value == layer.metrics().end() || !value->second.has_total()) {
    return Count::Unknown();
  }
  return value->second.total();
}

// What part of the model's total a layer's is; nothing where that is not known.
std::optional<double> ShareOf(const Summary& summary, const std::string& id,
                              const Layer& layer) {
  const auto value = layer.metrics().find(id);
  if (value == layer.metrics().end()) return std::nullopt;
  const auto total = summary.totals().find(id);
  if (total != summary.totals().end() && value->second.has_total()) {
    if (total->second < 0 || value->second.total() < 0) return std::nullopt;
    return static_cast<double>(value->second.total()) / total->second;
  }
  const auto real_total = summary.real_totals().find(id);
  if (real_total == summary.real_totals().end() ||
      !value->second.has_real_total()) {
    return std::nullopt;
  }
  return value->second.real_total() / real_total->second;
}

std::string PercentText(const Summary& summary, Count part) {
  const auto total = summary.totals().find("params");
  if (total == summary.totals().end() || !part.known()) return kUnknown;
  if (total->second == 0) return "";  // Nothing has no parts.
  return absl::StrFormat("%.2f%%", 100.0 * *part.value() / total->second);
}

// " 65% ██████▌". In eighths of a cell, or in whole ones.
std::string BarText(std::optional<double> part, bool unicode) {
  constexpr int kCells = 10;
  constexpr absl::string_view kEighths[] = {"",  "▏", "▎", "▍",
                                            "▌", "▋", "▊", "▉"};
  if (!part) return kUnknown;
  if (!std::isfinite(*part)) return "";  // Nothing has no parts.
  const double share = std::clamp(*part, 0.0, 1.0);
  const int steps = unicode ? 8 : 1;
  const int filled = static_cast<int>(share * kCells * steps + 0.5);
  std::string text = absl::StrFormat("%3.0f%%", 100 * share);
  if (filled > 0) text += ' ';
  for (int i = 0; i < filled / steps; ++i) {
    absl::StrAppend(&text, unicode ? "█" : "#");
  }
  absl::StrAppend(&text, kEighths[filled % steps]);
  return text;
}

Count Elements(const Parameter& parameter) {
  Count elements = 1;
  for (int64_t size : parameter.shape()) elements *= Count(size);
  return elements;
}

}  // namespace

CellTexts::CellTexts(const Summary& summary, bool unicode)
    : summary_(summary), unicode_(unicode), parameters_(summary.layers_size()) {
  LookAtParameters();
  // Children stand behind their parent: one pass from the end. In a saved
  // summary that breaks the rule the root is the parent.
  for (int i = summary.layers_size() - 1; i > 0; --i) {
    const int said = summary.layers(i).parent();
    Parameters& parent = parameters_[said >= 0 && said < i ? said : 0];
    parent.trainable |= parameters_[i].trainable;
    parent.frozen |= parameters_[i].frozen;
    parent.dtypes |= parameters_[i].dtypes;
  }
}

// Fills in what each layer holds itself.
void CellTexts::LookAtParameters() {
  // PyTorch has some twenty; whoever has more shares the last bit.
  constexpr size_t kMostDtypes = 64;
  for (int i = 0; i < summary_.layers_size(); ++i) {
    for (const Parameter& parameter : summary_.layers(i).parameters()) {
      (parameter.trainable() ? parameters_[i].trainable
                             : parameters_[i].frozen) = true;
      auto known = std::find(dtypes_.begin(), dtypes_.end(), parameter.dtype());
      if (known == dtypes_.end() && dtypes_.size() < kMostDtypes) {
        dtypes_.push_back(dtypes_.size() + 1 < kMostDtypes ? parameter.dtype()
                                                           : "others");
        known = dtypes_.end() - 1;
      } else if (known == dtypes_.end()) {
        --known;
      }
      parameters_[i].dtypes |= uint64_t{1} << (known - dtypes_.begin());
    }
  }
}

std::string CellTexts::OfLayer(const TextColumn& column, int layer) const {
  const Layer& of = summary_.layers(layer);
  if (column.is_heat) {
    return BarText(ShareOf(summary_, column.id, of), unicode_);
  }
  if (column.is_metric) {
    std::string cell = MetricCell(column, of);
    return unicode_ ? cell : AsciiExpression(cell);
  }
  if (column.id == "input_size") return CallsText(of, /*inputs=*/true);
  if (column.id == "output_size") return CallsText(of, /*inputs=*/false);
  if (column.id == "params_percent") {
    return PercentText(summary_, TotalOf("params", of));
  }
  if (column.id == "trainable") return TrainableText(parameters_[layer]);
  if (column.id == "dtype") return DtypeText(parameters_[layer].dtypes);
  const auto attribute = of.attributes().find(column.id);
  return attribute == of.attributes().end() ? "" : attribute->second;
}

std::string CellTexts::OfParameter(const TextColumn& column,
                                   const Parameter& parameter) const {
  if (column.is_heat) return "";
  if (column.id == "params") {
    const Count elements = Elements(parameter);
    return elements.known() ? WithCommas(*elements.value()) : kUnknown;
  }
  if (column.id == "params_percent") {
    return PercentText(summary_, Elements(parameter));
  }
  if (column.id == "trainable") {
    return TrainableText({parameter.trainable(), !parameter.trainable(), 0});
  }
  return column.id == "dtype" ? parameter.dtype() : "";
}

std::string CellTexts::TrainableText(const Parameters& parameters) {
  if (parameters.trainable) return parameters.frozen ? "partly" : "yes";
  return parameters.frozen ? "no" : "";
}

std::string CellTexts::DtypeText(uint64_t dtypes) const {
  std::vector<absl::string_view> names;
  for (size_t i = 0; i < dtypes_.size(); ++i) {
    if ((dtypes >> i & 1) != 0) names.push_back(dtypes_[i]);
  }
  return absl::StrJoin(names, ", ");
}

std::string CellTexts::CallsText(const Layer& layer, bool inputs) const {
  const auto text_of = [&](const Call& call) {
    return ShapesText(inputs ? call.inputs() : call.outputs());
  };
  if (layer.calls_size() == 1) return text_of(layer.calls(0));
  constexpr size_t kMost = 4;
  std::vector<std::pair<std::string, int>> forms;  // With how often.
  absl::flat_hash_map<std::string, size_t> place;
  for (const Call& call : layer.calls()) {
    std::string text = text_of(call);
    const auto [found, is_new] = place.try_emplace(text, forms.size());
    if (is_new) forms.emplace_back(std::move(text), 0);
    ++forms[found->second].second;
  }
  if (forms.empty()) return "";
  // The row says elsewhere how often it was called.
  if (forms.size() == 1) return std::move(forms[0].first);
  std::vector<std::string> parts;
  for (size_t i = 0; i < std::min(forms.size(), kMost); ++i) {
    const auto& [text, count] = forms[i];
    parts.push_back(text.empty() ? "none" : text);
    if (count > 1) {
      absl::StrAppend(&parts.back(), unicode_ ? " ×" : " x", count);
    }
  }
  if (forms.size() > kMost) {
    parts.push_back(absl::StrCat(unicode_ ? "… +" : "... +",
                                 forms.size() - kMost, " more"));
  }
  return absl::StrJoin(parts, "; ");
}

}  // namespace strata
