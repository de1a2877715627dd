// The device that a model runs on, for metrics that look at it.

#ifndef STRATA_CORE_DEVICE_H_
#define STRATA_CORE_DEVICE_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"

namespace strata {

// What the caching allocator of a device says of itself, in bytes.
struct DeviceMemory {
  int64_t allocated_bytes = 0;  // In blocks that tensors live in.
  int64_t reserved_bytes = 0;   // Taken from the device, in use or kept.
  // The most since the run began, or since ResetPeakMemory.
  int64_t peak_allocated_bytes = 0;
  int64_t peak_reserved_bytes = 0;
};

// Belongs to the model; lives as long as the run. For the thread that runs it.
class RunDevice {
 public:
  virtual ~RunDevice() = default;

  // Waits for all that was given to the device. An error: the device was lost.
  virtual absl::Status Synchronize() { return absl::OkStatus(); }

  // Nothing where the device has no allocator that counts, as the CPU. Does not
  // wait for the device: an allocator's books are kept by the program.
  virtual std::optional<DeviceMemory> Memory() { return std::nullopt; }

  // Lets the peaks begin again from what is allocated now.
  virtual void ResetPeakMemory() {}
};

}  // namespace strata

#endif  // STRATA_CORE_DEVICE_H_
