// Which memory a run's tensors live in, as LibTorch's allocator tells.

#ifndef STRATA_PLUGINS_SOURCES_LIBTORCH_MEMORY_WATCH_H_
#define STRATA_PLUGINS_SOURCES_LIBTORCH_MEMORY_WATCH_H_

#include <ATen/core/ivalue.h>
#include <c10/core/Allocator.h>
#include <c10/core/Storage.h>

#include <cstdint>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "plugins/sources/libtorch/meta_memory.h"

namespace strata::libtorch {

// Tells of memory that an operator has returned a tensor in, from then on until
// it is given back. What an operator allocates for itself alone, a kernel's
// workspace, is never told; nor is what was there before. Install it with a
// c10::DebugInfoGuard as DebugInfoKind::PROFILER_STATE: LibTorch's own profiler
// learns of allocations the same way. For tensors without memory make it the
// listener of a MetaMemory instead. A storage is called as TensorSpec::storage
// calls it.
class MemoryWatch : public c10::MemoryReportingInfoBase,
                    public MetaMemory::Listener {
 public:
  using Tell =
      std::function<void(bool allocated, uint64_t storage, int64_t bytes)>;

  explicit MemoryWatch(Tell tell) : tell_(std::move(tell)) {}

  // An operator has ended and gives back this value. `nesting` as in OpCall.
  void Returned(absl::string_view op, int nesting, const c10::IValue& value);

  // Around the outermost operators: keeps what one is given until it is
  // released. The interpreter gives up what is used for the last time before
  // the operator's end is told.
  void Hold(c10::ArrayRef<const c10::IValue> inputs);
  void Release() { held_.clear(); }

  // What LibTorch calls.
  void reportMemoryUsage(void* ptr, int64_t alloc_size, size_t total_allocated,
                         size_t total_reserved, c10::Device device) override;
  void reportOutOfMemory(int64_t, size_t, size_t, c10::Device) override {}
  bool memoryProfilingEnabled() const override { return true; }
  // What MetaMemory calls.
  void MetaFreed(const void* address) override { Freed(address); }

 private:
  struct Told {
    uint64_t storage;
    int64_t bytes;
  };

  void ReturnedTensor(const at::Tensor& tensor);
  void TellOf(const at::Tensor& tensor, const void* address, int64_t bytes);
  void Freed(const void* address);

  const Tell tell_;
  std::vector<c10::Storage> held_;
  const std::thread::id thread_ = std::this_thread::get_id();
  absl::flat_hash_map<const void*, int64_t> untold_;  // Bytes, by address.
  absl::flat_hash_map<const void*, Told> told_;
};

}  // namespace strata::libtorch

#endif  // STRATA_PLUGINS_SOURCES_LIBTORCH_MEMORY_WATCH_H_
