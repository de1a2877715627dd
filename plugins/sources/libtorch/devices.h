// The devices that models run on, without a header of any one of them: through
// what LibTorch has for all accelerators.

#ifndef STRATA_PLUGINS_SOURCES_LIBTORCH_DEVICES_H_
#define STRATA_PLUGINS_SOURCES_LIBTORCH_DEVICES_H_

#include <c10/core/Device.h>

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/device.h"
#include "core/module_visitor.h"

namespace strata::libtorch {

// "cpu", "cuda" (the first), "cuda:1", or the like of any accelerator that this
// LibTorch has. kUnimplemented: which is missing, LibTorch's part or the
// device.
absl::StatusOr<c10::Device> FindDevice(const std::string& name);

class TorchDevice : public RunDevice {
 public:
  explicit TorchDevice(c10::Device device) : device_(device) {}

  absl::Status Synchronize() override;
  std::optional<DeviceMemory> Memory() override;
  void ResetPeakMemory() override;

 private:
  const c10::Device device_;
};

// Fills in the name of the device, the threads, the versions and the clock.
void AddConditions(c10::Device device, RunInfo& info);

}  // namespace strata::libtorch

#endif  // STRATA_PLUGINS_SOURCES_LIBTORCH_DEVICES_H_
