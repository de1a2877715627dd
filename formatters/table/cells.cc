#include "formatters/table/cells.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/summary.pb.h"
#include "formatters/table/glyphs.h"
#include "formatters/table/printable.h"

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

Spans Label(const TreeRow& place, bool says_not_executed, bool unicode) {
  const Layer& layer = *place.layer;
  const Glyphs& glyphs = GetGlyphs(unicode);
  Spans label = {{NameText(place, glyphs, unicode)}};
  if (place.depth > 0 && !layer.type().empty()) {
    label.push_back({absl::StrCat(" (", Printable(layer.type(), unicode), ")"),
                     Style::kDim});
  }
  std::string more;
  if (HasFlag(layer, "shared")) more = " [shared]";
  more += Times(place.count, glyphs);
  if (!more.empty()) label.push_back({std::move(more)});
  if (says_not_executed) {
    label.push_back({absl::StrCat(" [", kNotExecuted, "]"), Style::kYellow});
  }
  return label;
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
  row.label = Label(place, says_not_executed, unicode);
  return row;
}

}  // namespace strata::formatters::table
