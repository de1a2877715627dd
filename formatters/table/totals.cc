#include "formatters/table/totals.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/columns.h"
#include "core/printable.h"
#include "core/summary.pb.h"

namespace strata::formatters::table {
namespace {

struct Known {
  const char* key;
  absl::string_view label;
};

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

struct Line {
  std::string label;
  std::string value;
};

// The value of this key, or nullptr.
const int64_t* Find(const Summary& summary, const std::string& key) {
  const auto found = summary.totals().find(key);
  return found == summary.totals().end() ? nullptr : &found->second;
}

bool IsKnown(const std::string& key) {
  const auto is_key = [&](const Known& known) { return key == known.key; };
  return std::any_of(std::begin(kCounts), std::end(kCounts), is_key) ||
         std::any_of(std::begin(kSizes), std::end(kSizes), is_key);
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
    lines.push_back(
        {absl::StrCat("Total ", Printable(column.title(), unicode), ":"),
         absl::StrCat(WithCommas(*value), column.unit().empty() ? "" : " ",
                      Printable(column.unit(), unicode))});
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

// The width of the widest label and value, with a gap between them.
int WidthOf(const std::vector<Line>& lines) {
  constexpr int kGap = 3;
  int label = 0;
  int value = 0;
  for (const Line& line : lines) {
    label = std::max(label, DisplayWidth(line.label));
    value = std::max(value, DisplayWidth(line.value));
  }
  return lines.empty() ? 0 : label + kGap + value;
}

std::vector<std::string> Align(const std::vector<Line>& lines, int width) {
  std::vector<std::string> aligned;
  for (const Line& line : lines) {
    const int spaces =
        width - DisplayWidth(line.label) - DisplayWidth(line.value);
    aligned.push_back(
        absl::StrCat(line.label, std::string(spaces, ' '), line.value));
  }
  return aligned;
}

}  // namespace

Totals MakeTotals(const Summary& summary, bool unicode) {
  const std::vector<Line> counts = CountLines(summary, unicode);
  const std::vector<Line> sizes = SizeLines(summary);
  std::vector<Line> all = counts;
  all.insert(all.end(), sizes.begin(), sizes.end());
  const int width = WidthOf(all);
  return {Align(counts, width), Align(sizes, width), width};
}

}  // namespace strata::formatters::table
