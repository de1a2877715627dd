#include "formatters/table/layout.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/printable.h"
#include "formatters/common/glyphs.h"

namespace strata::formatters::table {
namespace {

constexpr int kLeastLayerWidth = 14;
constexpr int kLeastTextWidth = 7;
// "100% ██████████": a bar that is cut would be another bar.
constexpr int kHeatWidth = 15;
// Shapes of many calls take room from the layers' names only up to here.
constexpr int kGoodTextWidth = 24;

// More levels than these are not drawn: nobody could follow the lines.
constexpr int kMaxLevels = 32;
constexpr int kMinLevels = 4;

// A wider cell moves the rest of its own row to the right, instead of blowing
// up all the others: one name of a megabyte would make 10,000 rows of as much.
constexpr int kWidestColumn = 200;

std::string LayerTitle(const FormatOptions& options) {
  return absl::StrCat(options.var_names ? "Layer (type)" : "Type",
                      options.depth_index ? ": depth-index" : "");
}

std::vector<LayoutColumn> TitledColumns(const std::vector<TextColumn>& columns,
                                        const FormatOptions& options) {
  std::vector<LayoutColumn> titled = {
      {LayerTitle(options), false, kLeastLayerWidth, 0}};
  for (const TextColumn& column : columns) {
    titled.push_back({Printable(column.title, options.unicode),
                      column.is_number,
                      column.is_heat ? kHeatWidth : kLeastTextWidth, 0});
  }
  for (LayoutColumn& column : titled) column.width = DisplayWidth(column.title);
  return titled;
}

// The widest text column of those from `first` on that are wider than `least`,
// or nullptr.
LayoutColumn* Widest(std::vector<LayoutColumn>& columns, size_t first,
                     int least) {
  LayoutColumn* widest = nullptr;
  for (size_t i = first; i < columns.size(); ++i) {
    LayoutColumn& column = columns[i];
    if (column.is_number || column.width <= std::max(column.least, least)) {
      continue;
    }
    if (widest == nullptr || column.width > widest->width) widest = &column;
  }
  return widest;
}

void Shrink(Layout& layout, int width) {
  for (int surplus = layout.Width() - width; surplus > 0; --surplus) {
    LayoutColumn* widest = Widest(layout.columns, 1, kGoodTextWidth);
    if (widest == nullptr) widest = Widest(layout.columns, 0, 0);
    if (widest == nullptr) return;
    --widest->width;
  }
}

}  // namespace

int Layout::Width() const {
  int width = (static_cast<int>(columns.size()) - 1) * kColumnGap;
  for (const LayoutColumn& column : columns) width += column.width;
  return width;
}

LayoutMaker::LayoutMaker(const std::vector<TextColumn>& columns,
                         const FormatOptions& options)
    : width_(options.width), columns_(TitledColumns(columns, options)) {}

void LayoutMaker::Look(const TreeRow& place, const LayerCell& layer,
                       const std::vector<Span>& cells) {
  const int levels = std::min(place.depth, kMaxLevels);
  const int width = levels * kLevelWidth + LayerCellWidth(layer);
  columns_[0].width = std::max(columns_[0].width, width);
  for (size_t i = 0; i < cells.size(); ++i) {
    columns_[i + 1].width =
        std::max(columns_[i + 1].width, DisplayWidth(cells[i].text));
  }
}

Layout LayoutMaker::Make(int least) const {
  Layout layout;
  layout.columns = columns_;
  layout.cuts = width_ > 0;
  for (LayoutColumn& column : layout.columns) {
    column.width = std::min(column.width, std::max(kWidestColumn, width_));
  }
  if (layout.cuts) Shrink(layout, width_);
  // The lines leave the names as much as the narrowest text column has.
  const int for_lines = layout.columns[0].width - kLeastTextWidth;
  layout.max_levels =
      layout.cuts ? std::clamp(for_lines / kLevelWidth, kMinLevels, kMaxLevels)
                  : kMaxLevels;
  layout.columns[0].width += std::max(0, least - layout.Width());
  return layout;
}

}  // namespace strata::formatters::table
