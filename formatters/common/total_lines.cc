#include "formatters/common/total_lines.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/columns.h"
#include "core/expression_cells.h"
#include "core/printable.h"

namespace strata::formatters {
namespace {

struct Known {
  const char* key;
  absl::string_view label;
};

constexpr char kActivations[] = "activation_bytes";
constexpr char kMaxBatch[] = "max_batch";

constexpr Known kCounts[] = {
    {"params", "Total params"},
    {"trainable_params", "Trainable params"},
    {"non_trainable_params", "Non-trainable params"},
    {"macs", "Total MACs"},
};

constexpr Known kSizes[] = {
    {"input_bytes", "Input size"},
    {"param_bytes", "Params size"},
    {"buffer_bytes", "Buffers size"},
    {"total_bytes", "Total size"},
};

// Of the metric `memory`. No label so long that forty columns do not hold it.
constexpr Known kMemory[] = {
    {kActivations, "Activations, inference peak"},
    {"saved_bytes", "Saved for backward (training)"},
    {"gradient_bytes", "Gradients"},
    {"momentum_bytes", "Optimizer, SGD momentum"},
    {"adam_bytes", "Optimizer, Adam"},
};

// What it predicts of a device. Of training what is reserved: that must fit.
constexpr Known kDevice[] = {
    {"predicted_allocated_bytes", "Device, inference, allocated"},
    {"predicted_reserved_bytes", "Device, inference, reserved"},
    {"predicted_sgd_reserved_bytes", "Device, training, SGD"},
    {"predicted_momentum_reserved_bytes", "Device, training, SGD momentum"},
    {"predicted_adam_reserved_bytes", "Device, training, Adam"},
    {"memory_limit_bytes", "Memory limit"},
    {kMaxBatch, "Largest batch, inference"},
};

// Which layer was running at the peak of the activations.
constexpr char kPeakLayer[] = "activation_peak_layer";

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
  return is_in(kCounts) || is_in(kSizes) || is_in(kMemory) || is_in(kDevice) ||
         key == kPeakLayer || key == "peak_bytes";
}

std::string ValueText(int64_t value, const std::string& unit, bool unicode) {
  if (unit == "bytes") return BytesText(value);
  return absl::StrCat(WithCommas(value), unit.empty() ? "" : " ",
                      Printable(unit, unicode));
}

// The figure, or the expression that it is.
std::string Text(const Summary& summary, const std::string& key,
                 const std::string& figure, bool unicode,
                 bool is_bytes = false) {
  const auto found = summary.total_expressions().find(key);
  if (found == summary.total_expressions().end()) return figure;
  const std::string cell = ExpressionCell(found->second, figure, is_bytes);
  return unicode ? cell : AsciiExpression(cell);
}

std::vector<TotalLine> CountLines(const Summary& summary, bool unicode) {
  std::vector<TotalLine> lines;
  for (const auto& [key, label] : kCounts) {
    const int64_t* value = Find(summary, key);
    if (value == nullptr) continue;
    lines.push_back(
        {std::string(label), Text(summary, key, WithCommas(*value), unicode)});
  }
  // Those of metrics that this formatter has never heard of.
  for (const Column& column : summary.columns()) {
    const int64_t* value = Find(summary, column.id());
    if (value == nullptr || column.on_request() || IsKnown(column.id())) {
      continue;
    }
    lines.push_back(
        {absl::StrCat(column.peak() ? "Highest " : "Total ",
                      Printable(column.title(), unicode)),
         Text(summary, column.id(), ValueText(*value, column.unit(), unicode),
              unicode, column.unit() == "bytes")});
  }
  return lines;
}

std::vector<TotalLine> SizeLines(const Summary& summary, bool unicode) {
  std::vector<TotalLine> lines;
  for (const auto& [key, label] : kSizes) {
    const int64_t* value = Find(summary, key);
    if (value == nullptr) continue;
    // Most models have none, and Keras has no such line.
    if (label == "Buffers size" && *value == 0) continue;
    lines.push_back({std::string(label),
                     Text(summary, key, BytesText(*value), unicode, true)});
  }
  return lines;
}

const Layer* PeakLayer(const Summary& summary) {
  const int64_t* place = Find(summary, kPeakLayer);
  if (place == nullptr || *place < 0 || *place >= summary.layers_size()) {
    return nullptr;
  }
  return &summary.layers(static_cast<int>(*place));
}

std::vector<TotalLine> MemoryLines(const Summary& summary) {
  std::vector<TotalLine> lines;
  for (const auto& [key, label] : kMemory) {
    const int64_t* value = Find(summary, key);
    if (value == nullptr) continue;
    lines.push_back({std::string(label), BytesText(*value)});
    if (absl::string_view(key) == kActivations) {
      lines.back().peak = PeakLayer(summary);
    }
  }
  return lines;
}

std::vector<TotalLine> DeviceLines(const Summary& summary) {
  std::vector<TotalLine> lines;
  for (const auto& [key, label] : kDevice) {
    const int64_t* value = Find(summary, key);
    if (value == nullptr) continue;
    lines.push_back({std::string(label), absl::string_view(key) == kMaxBatch
                                             ? WithCommas(*value)
                                             : BytesText(*value)});
  }
  return lines;
}

// How the timed runs went, and on what.
std::vector<TotalLine> TimingLines(const Summary& summary, bool unicode) {
  std::vector<TotalLine> lines;
  const RunConditions& run = summary.run();
  const auto latency = summary.real_totals().find("latency_us");
  if (!run.has_timing() || latency == summary.real_totals().end()) return lines;
  const Timing& timing = run.timing();
  const auto us = [](double value) {
    return absl::StrCat(RealText(value), " us");
  };
  lines.push_back({"Latency, median", us(latency->second)});
  const auto& totals = summary.real_totals();
  const auto p25 = totals.find("latency_p25_us");
  const auto p75 = totals.find("latency_p75_us");
  if (p25 != totals.end() && p75 != totals.end()) {
    lines.push_back(
        {"Middle half of the runs",
         absl::StrCat(RealText(p25->second), " to ", us(p75->second))});
  }
  lines.push_back({"Runs", absl::StrCat(timing.counted_runs(), " after ",
                                        timing.warm_up_runs(), " to warm up",
                                        timing.has_steady() && !timing.steady()
                                            ? ", not steady"
                                            : "")});
  if (timing.has_unwatched_us()) {
    lines.push_back({"Without watching", us(timing.unwatched_us())});
  }
  lines.push_back(
      {"Device", absl::StrCat(Printable(run.device_name(), unicode), " (",
                              Printable(run.device(), unicode), ")")});
  if (run.has_threads()) {
    lines.push_back({"Threads", absl::StrCat(run.threads())});
  }
  return lines;
}

}  // namespace

std::vector<std::vector<TotalLine>> TotalLines(const Summary& summary,
                                               bool unicode) {
  std::vector<std::vector<TotalLine>> groups;
  for (std::vector<TotalLine> group :
       {CountLines(summary, unicode), SizeLines(summary, unicode),
        MemoryLines(summary), DeviceLines(summary),
        TimingLines(summary, unicode)}) {
    if (!group.empty()) groups.push_back(std::move(group));
  }
  return groups;
}

}  // namespace strata::formatters
