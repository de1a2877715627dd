#include "formatters/table/cells.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/printable.h"
#include "core/summary.pb.h"
#include "formatters/table/glyphs.h"

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

// The root has no name but its class.
std::string NameText(const TreeRow& place, const Glyphs& glyphs, bool unicode) {
  const Layer& layer = *place.layer;
  std::string name =
      Printable(place.depth == 0 ? layer.type() : layer.name(), unicode);
  if (place.count > 1) {
    absl::StrAppend(&name, " ", glyphs.ellipsis, " ",
                    Printable(place.last->name(), unicode));
  }
  return absl::StrCat(name, Times(layer.calls_size(), glyphs));
}

Spans Label(const TreeRow& place, const Glyphs& glyphs, bool unicode) {
  const std::string& type = place.layer->type();
  Spans label = {{NameText(place, glyphs, unicode)}};
  if (place.depth > 0 && !type.empty()) {
    label.push_back(
        {absl::StrCat(" (", Printable(type, unicode), ")"), Style::kDim});
  }
  return label;
}

Spans Marks(const TreeRow& place, const Glyphs& glyphs,
            bool says_not_executed) {
  Spans marks;
  if (HasFlag(*place.layer, "shared")) marks.push_back({" [shared]"});
  if (place.count > 1) marks.push_back({Times(place.count, glyphs)});
  if (says_not_executed) {
    marks.push_back({absl::StrCat(" [", kNotExecuted, "]"), Style::kYellow});
  }
  return marks;
}

}  // namespace

Row MakeRow(const TreeRow& place, const std::vector<TextColumn>& columns,
            const Summary& summary, bool unicode) {
  const Layer& layer = *place.layer;
  bool says_not_executed = HasFlag(layer, "not_executed");
  Row row;
  row.place = place;
  row.cells.reserve(columns.size());
  for (const TextColumn& column : columns) {
    if (says_not_executed && column.id == kOutputColumn) {
      row.cells.push_back({{std::string(kNotExecuted), Style::kYellow}});
      says_not_executed = false;  // Once is enough.
      continue;
    }
    row.cells.push_back(
        {{Printable(CellText(column, summary, layer), unicode)}});
  }
  const Glyphs& glyphs = GetGlyphs(unicode);
  row.label = Label(place, glyphs, unicode);
  row.marks = Marks(place, glyphs, says_not_executed);
  return row;
}

}  // namespace strata::formatters::table
