#include "plugins/metrics/cuda_memory/cuda_memory.h"

#include <algorithm>
#include <optional>

#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata::metrics {
namespace {

constexpr int kBefore = 0;
constexpr int kAfter = 1;
constexpr int kPeak = 2;
constexpr int kKept = 3;
constexpr int kReserved = 4;

// Keeps books as LibTorch's caching allocators do: what is given back stays
// reserved.
class FakeDevice : public RunDevice {
 public:
  void Allocate(int64_t bytes) {
    memory_.allocated_bytes += bytes;
    memory_.reserved_bytes =
        std::max(memory_.reserved_bytes, memory_.allocated_bytes);
    memory_.peak_allocated_bytes =
        std::max(memory_.peak_allocated_bytes, memory_.allocated_bytes);
    memory_.peak_reserved_bytes =
        std::max(memory_.peak_reserved_bytes, memory_.reserved_bytes);
  }
  void Free(int64_t bytes) { memory_.allocated_bytes -= bytes; }

  std::optional<DeviceMemory> Memory() override { return memory_; }
  void ResetPeakMemory() override {
    memory_.peak_allocated_bytes = memory_.allocated_bytes;
    memory_.peak_reserved_bytes = memory_.reserved_bytes;
  }

 private:
  DeviceMemory memory_;
};

MetricResults Collect(CudaMemoryMetric& metric, const ModuleTree& tree) {
  MetricResults results(static_cast<int>(metric.columns().size()), tree.size());
  EXPECT_THAT(metric.Collect(tree, results), IsOk());
  return results;
}

TEST(CudaMemoryTest, WhatEachModuleDoesToTheDevice) {
  const ModuleTree tree = TreeOf({"", "a", "b", "never"});
  FakeDevice device;
  device.Allocate(1000);  // The weights.
  device.Allocate(9000);  // Before the run, and gone: no peak of it.
  device.Free(9000);
  RunInfo run;
  run.device = "cuda:0";
  run.access = &device;
  CudaMemoryMetric metric;
  metric.BeginRun(tree, run);
  CallModule(metric, 0, 0, {}, {}, [&] {
    device.Allocate(10);
    CallModule(metric, 1, 0, {}, {}, [&] {
      device.Allocate(500);  // A workspace
      device.Free(500);
      device.Allocate(20);  // and what it gives.
    });
    CallModule(metric, 2, 0, {}, {}, [&] { device.Free(10); });
    device.Allocate(100);
    device.Free(100);
  });
  metric.EndRun();
  MetricResults results = Collect(metric, tree);
  const auto total = [&](int column, int module) {
    return results.total(column)[module].value();
  };
  EXPECT_EQ(total(kBefore, 0), 1000);
  EXPECT_EQ(total(kBefore, 1), 1010);
  EXPECT_EQ(total(kBefore, 2), 1030);
  EXPECT_EQ(total(kAfter, 1), 1030);
  EXPECT_EQ(total(kAfter, 0), 1020);
  EXPECT_EQ(total(kPeak, 1), 1510);
  EXPECT_EQ(total(kPeak, 2), 1030);
  EXPECT_EQ(total(kPeak, 0), 1510);  // With what ran inside.
  EXPECT_EQ(results.column(kKept).real_total[0], 20);
  EXPECT_EQ(results.column(kKept).real_total[1], 20);
  EXPECT_EQ(results.column(kKept).real_total[2], -10);
  EXPECT_EQ(total(kReserved, 0), 10000);  // As much as ever was taken.
  EXPECT_FALSE(results.total(kPeak)[3].known());
  EXPECT_EQ(results.model_totals().at("device_peak_layer"), Count(1));
  EXPECT_EQ(results.left_out(), "");
}

TEST(CudaMemoryTest, OfSeveralCalls) {
  const ModuleTree tree = TreeOf({"", "a"});
  FakeDevice device;
  RunInfo run;
  run.access = &device;
  CudaMemoryMetric metric;
  metric.BeginRun(tree, run);
  CallModule(metric, 0, 0, {}, {}, [&] {
    CallModule(metric, 1, 0, {}, {}, [&] { device.Allocate(5); });
    device.Allocate(1000);
    CallModule(metric, 1, 1, {}, {}, [&] { device.Allocate(7); });
  });
  MetricResults results = Collect(metric, tree);
  EXPECT_EQ(results.total(kBefore)[1], Count(0));
  EXPECT_EQ(results.total(kAfter)[1], Count(1012));
  EXPECT_EQ(results.total(kPeak)[1], Count(1012));
  EXPECT_EQ(results.column(kKept).real_total[1], 5 + 7);
}

TEST(CudaMemoryTest, WithoutSuchADeviceItIsLeftOut) {
  const ModuleTree tree = TreeOf({""});
  RunDevice cpu;  // Counts nothing.
  for (RunDevice* access : {&cpu, static_cast<RunDevice*>(nullptr)}) {
    RunInfo run;
    run.access = access;
    CudaMemoryMetric metric;
    metric.BeginRun(tree, run);
    CallModule(metric, 0, 0, {}, {});
    metric.EndRun();
    MetricResults results = Collect(metric, tree);
    EXPECT_EQ(results.left_out(), "no CUDA device");
    EXPECT_FALSE(results.total(kPeak)[0].known());
  }
}

}  // namespace
}  // namespace strata::metrics
