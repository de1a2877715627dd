#include "formatters/table/totals.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/formatter.h"
#include "core/printable.h"
#include "formatters/common/glyphs.h"
#include "formatters/common/total_lines.h"
#include "formatters/table/spans.h"

namespace strata::formatters::table {
namespace {

using Groups = std::vector<std::vector<TotalLine>>;

// "  in layer1.0.conv2 (Conv2d)", cut to the width, if there is one.
std::string PeakNote(const Layer& layer, const FormatOptions& options) {
  const std::string type = Printable(layer.type(), options.unicode);
  const std::string note =
      layer.path().empty()
          ? absl::StrCat("  in ", type)
          : absl::StrCat("  in ", Printable(layer.path(), options.unicode),
                         " (", type, ")");
  if (options.width == 0) return note;
  std::string cut;
  AppendSpans(
      CutMiddle({{note}}, options.width, GetGlyphs(options.unicode).ellipsis),
      /*color=*/false, cut);
  return cut;
}

// The width of the widest label and value, with a gap between them, and no
// wider than the table may be, while that leaves a space.
int ValuesEnd(const Groups& groups, int most) {
  constexpr int kGap = 3;
  int label = 0;
  int value = 0;
  int least = 0;
  for (const std::vector<TotalLine>& lines : groups) {
    for (const TotalLine& line : lines) {
      const int label_width = DisplayWidth(line.label) + 1;  // A colon.
      const int value_width = DisplayWidth(line.value);
      label = std::max(label, label_width);
      value = std::max(value, value_width);
      least = std::max(least, label_width + 1 + value_width);
    }
  }
  const int wanted = label == 0 ? 0 : label + kGap + value;
  return most == 0 ? wanted : std::max(least, std::min(wanted, most));
}

// The table is made no wider than this for a path.
constexpr int kWidestNote = 200;

Totals Align(const Groups& groups, const FormatOptions& options, int end) {
  Totals totals;
  totals.width = end;
  for (const std::vector<TotalLine>& lines : groups) {
    std::vector<std::string>& group = totals.groups.emplace_back();
    for (const TotalLine& line : lines) {
      const int spaces =
          end - DisplayWidth(line.label) - 1 - DisplayWidth(line.value);
      group.push_back(
          absl::StrCat(line.label, ":", std::string(spaces, ' '), line.value));
      if (line.peak == nullptr) continue;
      group.push_back(PeakNote(*line.peak, options));
      totals.width = std::max(
          totals.width, std::min(DisplayWidth(group.back()), kWidestNote));
    }
  }
  return totals;
}

}  // namespace

Totals MakeTotals(const Summary& summary, const FormatOptions& options) {
  const Groups groups = TotalLines(summary, options.unicode);
  return Align(groups, options, ValuesEnd(groups, options.width));
}

}  // namespace strata::formatters::table
