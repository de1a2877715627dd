// The metric `roofline`: how long each module takes at least on a described
// device: as long as its arithmetic, or as the memory that it moves, whichever
// is longer. And how much arithmetic it does for a byte, which says which one.

#include <algorithm>
#include <vector>

#include "core/plugin.h"

namespace {

using strata::Count;
using strata::TensorSpec;

// By the makers' data sheets: float32 arithmetic, and the device's own memory.
struct Device {
  const char* name;
  double tflops;
  double gbytes_per_second;
};
constexpr Device kDevices[] = {{"h100", 67.0, 3350.0},  // SXM
                               {"a100", 19.5, 2039.0},  // 80 GB, SXM
                               {"v100", 15.7, 900.0},   // SXM2
                               {"t4", 8.1, 320.0}};

class Roofline : public strata::Metric {
 public:
  static absl::StatusOr<std::unique_ptr<Roofline>> Make(
      const strata::PluginOptions& options) {
    std::string names;
    for (Device device : kDevices) {
      names += std::string(" ") + device.name;
      if (device.name != options.String("device")) continue;
      if (options.Real("tflops") > 0) device.tflops = options.Real("tflops");
      return std::make_unique<Roofline>(device);
    }
    return absl::InvalidArgumentError(
        absl::StrCat("no device '", options.String("device"),
                     "' is described; there are:", names));
  }
  explicit Roofline(const Device& device) : device_(device) {}

  std::vector<strata::MetricColumn> columns() const override {
    strata::MetricColumn intensity{"intensity", "FLOP per byte"};
    intensity.aggregation = strata::Aggregation::kMetric;
    strata::MetricColumn time{"roofline_us", "Roofline", "us"};
    intensity.is_real = time.is_real = true;
    return {intensity, time};
  }

  strata::MetricNeeds needs() const override {
    return strata::MetricNeeds::kOperators;
  }

  void BeginRun(const strata::ModuleTree& tree,
                const strata::RunInfo& /*run*/) override {
    bytes_.assign(tree.size(), 0);
  }

  // An operator reads its inputs and writes its outputs. Those inside another
  // are passed over: what they hand on may never leave the device's caches.
  void VisitOp(const strata::OpCall& op) override {
    if (op.nesting != 0) return;
    for (const strata::OpArgument& argument : op.arguments) {
      if (const auto* tensor = std::get_if<TensorSpec>(&argument)) {
        bytes_[op.module] += BytesOf(*tensor);
      } else if (const auto* list =
                     std::get_if<std::vector<TensorSpec>>(&argument)) {
        for (const TensorSpec& one : *list) bytes_[op.module] += BytesOf(one);
      }
    }
    for (const TensorSpec& output : op.outputs) {
      bytes_[op.module] += BytesOf(output);
    }
  }

  absl::Status Collect(const strata::ModuleTree& tree,
                       strata::MetricResults& results) override {
    const strata::ColumnValues* macs = results.Other("macs");
    if (macs == nullptr) return absl::UnavailableError("there are no macs");
    std::vector<Count> bytes = bytes_;  // Of whole subtrees, in the end.
    for (int i = tree.size() - 1; i >= 0; --i) {
      if (i > 0) bytes[tree.modules[i].parent] += bytes[i];
      SetIntensity(macs->total[i], bytes[i], i, results);
      if (!macs->self[i].known() || !bytes_[i].known()) continue;  // Unknown.
      const double flop = 2.0 * *macs->self[i].value();
      const double moved = *bytes_[i].value();
      results.SetRealSelf(1, i,
                          std::max(flop / (device_.tflops * 1e6),
                                   moved / (device_.gbytes_per_second * 1e3)));
    }
    return absl::OkStatus();
  }

 private:
  static Count BytesOf(const TensorSpec& tensor) {
    const std::optional<int64_t> bytes = tensor.NumBytes();
    return bytes ? Count(*bytes) : Count::Unknown();
  }

  static void SetIntensity(Count macs, Count bytes, int module,
                           strata::MetricResults& results) {
    if (!macs.known() || !bytes.known() || bytes == Count(0)) return;
    results.SetRealTotal(0, module, 2.0 * *macs.value() / *bytes.value());
  }

  const Device device_;
  std::vector<Count> bytes_;  // That each module's own operators move.
};

}  // namespace

STRATA_METRIC_PLUGIN_USING(
    roofline, "least time on a described device, by arithmetic and memory",
    Roofline, "macs",
    STRATA_OPTION("device", "string", "a100", "h100, a100, v100 or t4")
        STRATA_OPTION("tflops", "real", "0",
                      "float32 arithmetic, in place of the device's own"));
