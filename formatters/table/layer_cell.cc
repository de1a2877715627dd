#include "formatters/table/layer_cell.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/printable.h"

namespace strata::formatters::table {
namespace {

// What the label keeps while there is a path to cut, and without.
constexpr int kGoodLabel = 16;
constexpr int kLeastLabel = 8;
// Less of a path says nothing.
constexpr int kLeastPath = 8;

// All that stands behind the label, with the path in this form.
Spans Marks(const LayerCell& cell, absl::string_view path) {
  Spans marks;
  if (cell.shared.is_shared && path.empty()) {
    marks.push_back({" [shared]"});
  } else if (cell.shared.is_shared) {
    const std::string more =
        cell.shared.more > 0 ? absl::StrCat(", +", cell.shared.more) : "";
    marks.push_back({absl::StrCat(" [shared with ", path, more, "]")});
  }
  marks.insert(marks.end(), cell.marks.begin(), cell.marks.end());
  return marks;
}

Spans Join(Spans first, const Spans& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

std::string CutPath(const std::string& path, int cells,
                    absl::string_view ellipsis) {
  std::string cut;
  AppendSpans(CutMiddle({{path}}, cells, ellipsis), /*color=*/false, cut);
  return cut;
}

}  // namespace

Spans WholeLayerCell(LayerCell cell) {
  return Join(std::move(cell.label), Marks(cell, cell.shared.with));
}

int LayerCellWidth(const LayerCell& cell) {
  return SpansWidth(cell.label) + SpansWidth(Marks(cell, cell.shared.with));
}

Spans FitLayerCell(LayerCell cell, int room, absl::string_view ellipsis) {
  const int surplus = LayerCellWidth(cell) - room;
  if (surplus <= 0) return WholeLayerCell(std::move(cell));
  const int label = SpansWidth(cell.label);
  const int path = DisplayWidth(cell.shared.with);
  const int good_label = std::min(label, kGoodLabel);
  const int cut_path = path - (surplus - (label - good_label));
  if (cut_path >= path) {
    return Join(CutMiddle(cell.label, label - surplus, ellipsis),
                Marks(cell, cell.shared.with));
  }
  if (cut_path >= kLeastPath) {
    return Join(CutMiddle(cell.label, good_label, ellipsis),
                Marks(cell, CutPath(cell.shared.with, cut_path, ellipsis)));
  }
  const Spans marks = Marks(cell, "");
  const int for_label = room - SpansWidth(marks);
  if (for_label >= kLeastLabel) {
    return Join(CutMiddle(cell.label, for_label, ellipsis), marks);
  }
  return CutMiddle(Join(cell.label, marks), room, ellipsis);
}

}  // namespace strata::formatters::table
