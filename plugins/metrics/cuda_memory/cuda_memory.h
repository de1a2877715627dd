// The metric `cuda_memory`: what each module does to the memory of its device.

#ifndef STRATA_PLUGINS_METRICS_CUDA_MEMORY_CUDA_MEMORY_H_
#define STRATA_PLUGINS_METRICS_CUDA_MEMORY_CUDA_MEMORY_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "core/metric.h"

namespace strata::metrics {

// Bytes, by the statistics of the device's caching allocator (CUDA's, or that
// of any accelerator of LibTorch's), read when a module begins and ends.
// Columns:
//   device_before_bytes    allocated when its first call began;
//   device_after_bytes     allocated when its last call ended;
//   device_peak_bytes      the most while it ran, whoever had allocated it;
//   device_kept_bytes      after less before, over all its calls: may be less
//                          than zero, where it gave up what it was given;
//   device_reserved_bytes  the most that the allocator had taken from the
//   device
//                          by the end of its calls.
// Model total device_peak_layer: the layer that was running at the peak.
class CudaMemoryMetric : public Metric {
 public:
  std::vector<MetricColumn> columns() const override;
  MetricNeeds needs() const override { return MetricNeeds::kModules; }

  void BeginRun(const ModuleTree& tree, const RunInfo& run) override;
  void EnterModule(const ModuleCall& call) override;
  void LeaveModule(const ModuleCall& call) override;
  void EndRun() override;
  absl::Status Collect(const ModuleTree& tree, MetricResults& results) override;

 private:
  struct Seen {
    int calls = 0;
    int64_t before = 0;
    int64_t after = 0;
    int64_t peak = 0;
    int64_t kept = 0;
    int64_t reserved = 0;
  };
  struct Open {
    int module;
    int64_t before;
    int64_t peak;
  };

  // Reads the books; what was highest since the last time belongs to the module
  // that is running.
  std::optional<DeviceMemory> Look();

  RunDevice* device_ = nullptr;  // Null: there is nothing to be read.
  bool had_device_ = false;
  std::vector<Seen> seen_;  // By module.
  std::vector<Open> open_;
  int64_t peak_ = 0;
  int peak_module_ = 0;
};

}  // namespace strata::metrics

#endif  // STRATA_PLUGINS_METRICS_CUDA_MEMORY_CUDA_MEMORY_H_
