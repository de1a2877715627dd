#include "formatters/table/totals.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/columns.h"
#include "core/formatter.h"
#include "core/printable.h"
#include "core/summary.pb.h"
#include "formatters/table/glyphs.h"
#include "formatters/table/spans.h"

namespace strata::formatters::table {
namespace {

struct Known {
  const char* key;
  absl::string_view label;
};

constexpr char kActivations[] = "activation_bytes";

constexpr Known kCounts[] = {
    {"params", "Total params:"},
    {"trainable_params", "Trainable params:"},
    {"non_trainable_params", "Non-trainable params:"},
    {"macs", "Total MACs:"},
};

constexpr Known kSizes[] = {
    {"input_bytes", "Input size:"},
    {"param_bytes", "Params size:"},
    {"buffer_bytes", "Buffers size:"},
    {"total_bytes", "Total size:"},
};

// Of the metric `memory`. No label so long that forty columns do not hold it.
constexpr Known kMemory[] = {
    {kActivations, "Activations, inference peak:"},
    {"saved_bytes", "Saved for backward (training):"},
    {"gradient_bytes", "Gradients:"},
    {"momentum_bytes", "Optimizer, SGD momentum:"},
    {"adam_bytes", "Optimizer, Adam:"},
};

// Which layer was running at the peak of the activations.
constexpr char kPeakLayer[] = "activation_peak_layer";

struct Line {
  std::string label;
  std::string value;
  std::string note = {};  // A line of its own, below.
};

// The value of this key, or nullptr.
const int64_t* Find(const Summary& summary, const std::string& key) {
  const auto found = summary.totals().find(key);
  return found == summary.totals().end() ? nullptr : &found->second;
}

bool IsKnown(const std::string& key) {
  const auto is_key = [&](const Known& known) { return key == known.key; };
  const auto is_in = [&](const auto& list) {
    return std::any_of(std::begin(list), std::end(list), is_key);
  };
  // The peak's column has the same total as the activations alive in it.
  return is_in(kCounts) || is_in(kSizes) || is_in(kMemory) ||
         key == kPeakLayer || key == "peak_bytes";
}

std::string ValueText(int64_t value, const std::string& unit, bool unicode) {
  if (unit == "bytes") return BytesText(value);
  return absl::StrCat(WithCommas(value), unit.empty() ? "" : " ",
                      Printable(unit, unicode));
}

std::vector<Line> CountLines(const Summary& summary, bool unicode) {
  std::vector<Line> lines;
  for (const auto& [key, label] : kCounts) {
    const int64_t* value = Find(summary, key);
    if (value == nullptr) continue;
    lines.push_back({std::string(label), WithCommas(*value)});
  }
  // Those of metrics that this formatter has never heard of.
  for (const Column& column : summary.columns()) {
    const int64_t* value = Find(summary, column.id());
    if (value == nullptr || IsKnown(column.id())) continue;
    lines.push_back({absl::StrCat(column.peak() ? "Highest " : "Total ",
                                  Printable(column.title(), unicode), ":"),
                     ValueText(*value, column.unit(), unicode)});
  }
  return lines;
}

std::vector<Line> SizeLines(const Summary& summary) {
  std::vector<Line> lines;
  for (const auto& [key, label] : kSizes) {
    const int64_t* value = Find(summary, key);
    if (value == nullptr) continue;
    // Most models have none, and Keras has no such line.
    if (label == "Buffers size:" && *value == 0) continue;
    lines.push_back({std::string(label), BytesText(*value)});
  }
  return lines;
}

// "  in layer1.0.conv2 (Conv2d)", cut to the width, if there is one.
std::string PeakNote(const Summary& summary, const FormatOptions& options) {
  const int64_t* place = Find(summary, kPeakLayer);
  if (place == nullptr || *place < 0 || *place >= summary.layers_size()) {
    return "";
  }
  const Layer& layer = summary.layers(static_cast<int>(*place));
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

std::vector<Line> MemoryLines(const Summary& summary,
                              const FormatOptions& options) {
  std::vector<Line> lines;
  for (const auto& [key, label] : kMemory) {
    const int64_t* value = Find(summary, key);
    if (value == nullptr) continue;
    lines.push_back({std::string(label), BytesText(*value)});
    if (absl::string_view(key) == kActivations)
      lines.back().note = PeakNote(summary, options);
  }
  return lines;
}

using Groups = std::vector<std::vector<Line>>;

// The width of the widest label and value, with a gap between them, and no
// wider than the table may be, while that leaves a space.
int ValuesEnd(const Groups& groups, int most) {
  constexpr int kGap = 3;
  int label = 0;
  int value = 0;
  int least = 0;
  for (const std::vector<Line>& lines : groups) {
    for (const Line& line : lines) {
      const int label_width = DisplayWidth(line.label);
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

Totals Align(const Groups& groups, int end) {
  Totals totals;
  totals.width = end;
  for (const std::vector<Line>& lines : groups) {
    if (lines.empty()) continue;
    std::vector<std::string>& group = totals.groups.emplace_back();
    for (const Line& line : lines) {
      const int spaces =
          end - DisplayWidth(line.label) - DisplayWidth(line.value);
      group.push_back(
          absl::StrCat(line.label, std::string(spaces, ' '), line.value));
      if (line.note.empty()) continue;
      group.push_back(line.note);
      totals.width = std::max(totals.width,
                              std::min(DisplayWidth(line.note), kWidestNote));
    }
  }
  return totals;
}

}  // namespace

Totals MakeTotals(const Summary& summary, const FormatOptions& options) {
  const Groups groups = {CountLines(summary, options.unicode),
                         SizeLines(summary), MemoryLines(summary, options)};
  return Align(groups, ValuesEnd(groups, options.width));
}

}  // namespace strata::formatters::table
