#include "formatters/table/cells.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/printable.h"
#include "core/summary.pb.h"
#include "formatters/common/glyphs.h"

namespace strata::formatters::table {
namespace {

constexpr absl::string_view kOutputColumn = "output_size";
constexpr absl::string_view kNotExecuted = "not executed";

bool HasFlag(const Layer& layer, absl::string_view flag) {
  return std::find(layer.flags().begin(), layer.flags().end(), flag) !=
         layer.flags().end();
}

// " ×3"
std::string Times(int count, const Glyphs& glyphs) {
  return count > 1 ? absl::StrCat(" ", glyphs.times, count) : "";
}

// "conv1", or "1 … 35" of siblings folded.
std::string NameText(const TreeRow& place, absl::string_view name,
                     const Glyphs& glyphs, bool unicode) {
  std::string text = Printable(name, unicode);
  if (place.count > 1) {
    absl::StrAppend(&text, " ", glyphs.ellipsis, " ",
                    Printable(*place.last_name, unicode));
  }
  return text;
}

// ": 1-3", as torchinfo has it: none for the root.
std::string DepthIndex(const TreeRow& place, const Glyphs& glyphs) {
  if (place.depth == 0 || place.depth_number == 0) return "";
  std::string text = absl::StrCat(": ", place.depth, "-", place.depth_number);
  if (place.count > 1) {
    absl::StrAppend(&text, " ", glyphs.ellipsis, " ", place.depth, "-",
                    place.last_depth_number);
  }
  return text;
}

// "conv1 ×3 (Conv2d): 1-3", or "Conv2d ×3: 1-3". The root has no name but its
// class, and what has no class has but its name.
Spans LayerLabel(const TreeRow& place, const FormatOptions& options,
                 const Glyphs& glyphs) {
  const Layer& layer = *place.layer;
  const std::string type = Printable(layer.type(), options.unicode);
  const bool only_type =
      place.depth == 0 || (!options.var_names && !type.empty());
  Spans label;
  label.push_back({absl::StrCat(
      only_type ? type : NameText(place, layer.name(), glyphs, options.unicode),
      Times(layer.calls_size(), glyphs))});
  if (!only_type && options.var_names && !type.empty()) {
    label.push_back({absl::StrCat(" (", type, ")"), Style::kDim});
  }
  if (std::string index = DepthIndex(place, glyphs); !index.empty()) {
    label.push_back({std::move(index), Style::kDim});
  }
  return label;
}

// "weight (parameter [6, 8])". No setting takes its name: it has no class.
Spans ParameterLabel(const TreeRow& place, const FormatOptions& options,
                     const Glyphs& glyphs) {
  return {{NameText(place, place.parameter->name(), glyphs, options.unicode)},
          {absl::StrCat(" (parameter ", ShapeCell(*place.parameter), ")"),
           Style::kDim}};
}

SharedMark SharedMarkOf(const TreeRow& place, bool unicode) {
  SharedMark mark;
  if (place.parameter != nullptr) {
    mark.is_shared = place.parameter->has_shared_with();
    mark.with = Printable(place.parameter->shared_with(), unicode);
    return mark;
  }
  const Layer& layer = *place.layer;
  mark.is_shared = HasFlag(layer, "shared");
  if (layer.shared_with().empty()) return mark;
  mark.with = Printable(layer.shared_with(0), unicode);
  mark.more = layer.shared_with_size() - 1;
  return mark;
}

bool IsNotExecuted(const TreeRow& place) {
  return place.parameter == nullptr && HasFlag(*place.layer, "not_executed");
}

}  // namespace

LayerCell MakeLayerCell(const TreeRow& place,
                        const std::vector<TextColumn>& columns,
                        const FormatOptions& options) {
  const Glyphs& glyphs = GetGlyphs(options.unicode);
  LayerCell cell;
  cell.label = place.parameter == nullptr
                   ? LayerLabel(place, options, glyphs)
                   : ParameterLabel(place, options, glyphs);
  cell.shared = SharedMarkOf(place, options.unicode);
  if (place.count > 1) cell.marks.push_back({Times(place.count, glyphs)});
  const auto is_output = [](const TextColumn& column) {
    return column.id == kOutputColumn;
  };
  if (IsNotExecuted(place) &&
      std::none_of(columns.begin(), columns.end(), is_output)) {
    cell.marks.push_back(
        {absl::StrCat(" [", kNotExecuted, "]"), Style::kYellow});
  }
  if (place.parameter == nullptr && HasFlag(*place.layer, "inferred")) {
    cell.marks.push_back({" [inferred]", Style::kDim});
  }
  return cell;
}

std::vector<Span> MakeCells(const TreeRow& place,
                            const std::vector<TextColumn>& columns,
                            const CellTexts& texts,
                            const FormatOptions& options) {
  bool says_not_executed = IsNotExecuted(place);
  std::vector<Span> cells;
  cells.reserve(columns.size());
  for (const TextColumn& column : columns) {
    if (says_not_executed && column.id == kOutputColumn) {
      cells.push_back({std::string(kNotExecuted), Style::kYellow});
      says_not_executed = false;  // Once is enough.
      continue;
    }
    const std::string text = place.parameter == nullptr
                                 ? texts.OfLayer(column, place.place)
                                 : texts.OfParameter(column, *place.parameter);
    cells.push_back({Printable(text, options.unicode)});
  }
  return cells;
}

}  // namespace strata::formatters::table
