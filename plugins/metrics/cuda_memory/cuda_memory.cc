#include "plugins/metrics/cuda_memory/cuda_memory.h"

#include <algorithm>

namespace strata::metrics {
namespace {

enum ColumnIndex { kBefore, kAfter, kPeak, kKept, kReserved };

}  // namespace

std::vector<MetricColumn> CudaMemoryMetric::columns() const {
  constexpr bool kOnRequest = true;
  constexpr bool kReal = true;
  return {
      {"device_before_bytes", "Before", "bytes", Aggregation::kMetric,
       kOnRequest},
      {"device_after_bytes", "After", "bytes", Aggregation::kMetric},
      {"device_peak_bytes", "Device peak", "bytes", Aggregation::kPeak},
      {"device_kept_bytes", "Kept", "bytes", Aggregation::kMetric, false,
       kReal},
      {"device_reserved_bytes", "Reserved", "bytes", Aggregation::kPeak},
  };
}

void CudaMemoryMetric::BeginRun(const ModuleTree& tree, const RunInfo& run) {
  seen_.assign(tree.size(), Seen());
  open_.clear();
  device_ = run.access;
  if (device_ == nullptr) return;
  device_->ResetPeakMemory();
  had_device_ = device_->Memory().has_value();
  if (!had_device_) device_ = nullptr;
}

std::optional<DeviceMemory> CudaMemoryMetric::Look() {
  if (device_ == nullptr) return std::nullopt;
  const std::optional<DeviceMemory> memory = device_->Memory();
  if (!memory) return std::nullopt;
  device_->ResetPeakMemory();
  const int module = open_.empty() ? 0 : open_.back().module;
  if (memory->peak_allocated_bytes > peak_) {
    peak_ = memory->peak_allocated_bytes;
    peak_module_ = module;
  }
  if (!open_.empty()) {
    open_.back().peak =
        std::max(open_.back().peak, memory->peak_allocated_bytes);
  }
  return memory;
}

void CudaMemoryMetric::EnterModule(const ModuleCall& call) {
  const std::optional<DeviceMemory> memory = Look();
  if (!memory) return;
  Seen& seen = seen_[call.module];
  if (seen.calls++ == 0) seen.before = memory->allocated_bytes;
  open_.push_back(
      {call.module, memory->allocated_bytes, memory->allocated_bytes});
}

void CudaMemoryMetric::LeaveModule(const ModuleCall& /*call*/) {
  const std::optional<DeviceMemory> memory = Look();
  if (!memory || open_.empty()) return;
  const Open left = open_.back();
  open_.pop_back();
  if (!open_.empty()) {
    open_.back().peak = std::max(open_.back().peak, left.peak);
  }
  Seen& seen = seen_[left.module];
  seen.after = memory->allocated_bytes;
  seen.kept += memory->allocated_bytes - left.before;
  seen.peak = std::max(seen.peak, left.peak);
  seen.reserved = std::max(seen.reserved, memory->peak_reserved_bytes);
}

void CudaMemoryMetric::EndRun() { device_ = nullptr; }

absl::Status CudaMemoryMetric::Collect(const ModuleTree& tree,
                                       MetricResults& results) {
  if (!had_device_) {
    results.LeaveOut("no CUDA device");
    return absl::OkStatus();
  }
  for (int i = 0; i < tree.size(); ++i) {
    const Seen& seen = seen_[i];
    if (seen.calls == 0) continue;
    results.SetTotal(kBefore, i, seen.before);
    results.SetTotal(kAfter, i, seen.after);
    results.SetTotal(kPeak, i, seen.peak);
    results.SetRealTotal(kKept, i, static_cast<double>(seen.kept));
    results.SetTotal(kReserved, i, seen.reserved);
  }
  results.SetModelTotal("device_peak_layer", peak_module_);
  return absl::OkStatus();
}

}  // namespace strata::metrics
