#include "plugins/sources/libtorch/devices.h"

#include <ATen/DeviceAccelerator.h>
#include <ATen/Parallel.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <dlfcn.h>

#include <exception>
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace strata::libtorch {
namespace {

// What stands behind the first "KEY...:" of a file of such lines.
std::string ValueIn(const std::string& file, absl::string_view key) {
  std::ifstream stream(file);
  std::string line;
  while (std::getline(stream, line)) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits(':', 1));
    if (absl::StripAsciiWhitespace(parts.first) == key) {
      return std::string(absl::StripAsciiWhitespace(parts.second));
    }
  }
  return "";
}

// NVIDIA's driver has a folder for each GPU. Their order need not be CUDA's:
// what they are is known only where all are the same.
std::string NvidiaName() {
  std::string name;
  std::error_code error;
  for (const auto& gpu :
       std::filesystem::directory_iterator("/proc/driver/nvidia/gpus", error)) {
    const std::string model = ValueIn(gpu.path() / "information", "Model");
    if (!name.empty() && name != model) return "";
    name = model;
  }
  return name;
}

// Read once: a model may be run a thousand times for the clock.
const std::string& NameOf(c10::Device device) {
  static const auto* const none = new std::string();
  if (device.is_cpu()) {
    static const auto* const cpu =
        new std::string(ValueIn("/proc/cpuinfo", "model name"));
    return *cpu;
  }
  if (!device.is_cuda()) return *none;
  static const auto* const gpu = new std::string(NvidiaName());
  return *gpu;
}

// LibTorch's library for a kind of device, which takes long to load, lies
// beside its others: only who asks for such a device pays for it. What it has
// it registers when it is loaded.
bool LoadLibraryFor(c10::DeviceType type) {
  Dl_info ours;
  if (dladdr(reinterpret_cast<void*>(&at::get_num_threads), &ours) == 0) {
    return false;
  }
  const std::filesystem::path folder =
      std::filesystem::path(ours.dli_fname).parent_path();
  // AMD's is `hip`, under CUDA's name.
  for (const std::string& name :
       {c10::DeviceTypeName(type, true), std::string("hip")}) {
    const std::string file = folder / absl::StrCat("libtorch_", name, ".so");
    if (dlopen(file.c_str(), RTLD_NOW | RTLD_GLOBAL) != nullptr) break;
  }
  return c10::impl::hasDeviceGuardImpl(type);
}

// The counting allocator of the device, or null.
c10::DeviceAllocator* AllocatorOf(c10::Device device) {
  if (!at::accelerator::isAccelerator(device.type())) return nullptr;
  auto* const allocator = at::getDeviceAllocator(device.type());
  return allocator != nullptr && allocator->initialized() ? allocator : nullptr;
}

}  // namespace

absl::StatusOr<c10::Device> FindDevice(const std::string& name) {
  std::optional<c10::Device> device;
  try {
    device = c10::Device(name);
  } catch (const std::exception&) {
  }
  if (!device || device->is_meta()) {
    return absl::UnimplementedError(
        absl::StrCat("there is no device '", name,
                     "'; expected shape, cpu, or an accelerator of LibTorch's "
                     "as cuda or cuda:1"));
  }
  if (device->is_cpu()) return *device;
  const std::string type = c10::DeviceTypeName(device->type(), true);
  const std::string kind = c10::DeviceTypeName(device->type());
  if (!c10::impl::hasDeviceGuardImpl(device->type()) &&
      !LoadLibraryFor(device->type())) {
    return absl::UnimplementedError(
        absl::StrCat("the device '", name, "' is not offered: this LibTorch (",
                     STRATA_LIBTORCH_VERSION, ") was built without ", kind));
  }
  const int count =
      c10::impl::getDeviceGuardImpl(device->type())->deviceCount();
  if (count == 0) {
    return absl::UnimplementedError(
        absl::StrCat("the device '", name, "' is not offered: LibTorch has ",
                     kind, ", but finds no such device on this machine"));
  }
  const int index = device->has_index() ? device->index() : 0;
  if (index >= count) {
    return absl::UnimplementedError(absl::StrCat(
        "the device '", name, "' is not offered: there ",
        count == 1 ? "is 1 device, "
                   : absl::StrCat("are ", count, " devices, "),
        type, ":0",
        count == 1 ? "" : absl::StrCat(" to ", type, ":", count - 1)));
  }
  return c10::Device(device->type(), static_cast<c10::DeviceIndex>(index));
}

absl::Status TorchDevice::Synchronize() {
  if (device_.is_cpu() || device_.is_meta()) return absl::OkStatus();
  try {
    at::accelerator::synchronizeDevice(device_.index());
    return absl::OkStatus();
  } catch (const std::exception& e) {
    const absl::string_view text = e.what();  // A trace comes behind it.
    return absl::UnavailableError(absl::StrCat(
        "the device '", device_.str(),
        "' failed or was lost: ", text.substr(0, text.find('\n'))));
  }
}

std::optional<DeviceMemory> TorchDevice::Memory() {
  auto* const allocator = AllocatorOf(device_);
  if (allocator == nullptr) return std::nullopt;
  const auto statistics = allocator->getDeviceStats(device_.index());
  constexpr auto kAll =
      static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE);
  DeviceMemory memory;
  memory.allocated_bytes = statistics.allocated_bytes[kAll].current;
  memory.reserved_bytes = statistics.reserved_bytes[kAll].current;
  memory.peak_allocated_bytes = statistics.allocated_bytes[kAll].peak;
  memory.peak_reserved_bytes = statistics.reserved_bytes[kAll].peak;
  return memory;
}

void TorchDevice::ResetPeakMemory() {
  auto* const allocator = AllocatorOf(device_);
  if (allocator != nullptr) allocator->resetPeakStats(device_.index());
}

void AddConditions(c10::Device device, RunInfo& info) {
  info.device_name = NameOf(device);
  info.threads = at::get_num_threads();
  info.versions = {{"libtorch", STRATA_LIBTORCH_VERSION}};
  if (device.is_cuda()) {
    // 12080 for 12.8.
    const int64_t version = at::detail::getCUDAHooks().versionCUDART();
    info.versions.emplace_back(
        "cuda", absl::StrCat(version / 1000, ".", version % 1000 / 10));
  }
  info.clock =
      device.is_cpu()
          ? "the CPU's steady clock: what a module's forward takes, with "
            "LibTorch's interpreter, without making the inputs"
          : absl::StrCat("events on the stream of ", device.str(),
                         ": from when the device reaches a module's start to "
                         "when it reaches its end, with waits for the CPU");
}

}  // namespace strata::libtorch
