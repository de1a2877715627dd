// The lifetime of meta tensors' storages, as of memory.

#ifndef STRATA_PLUGINS_SOURCES_LIBTORCH_META_MEMORY_H_
#define STRATA_PLUGINS_SOURCES_LIBTORCH_META_MEMORY_H_

#include <c10/core/Storage.h>

namespace strata::libtorch {

// While one lives, each storage on meta that this thread makes has an address:
// not of memory, but unlike that of any other that lives; and the end of it is
// told. Of nested ones the innermost is told.
class MetaMemory {
 public:
  // What is told of the end of a storage.
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void MetaFreed(const void* address) = 0;
  };

  // `listener` must outlive it; what is freed later is not told.
  explicit MetaMemory(Listener* listener);
  ~MetaMemory();
  MetaMemory(const MetaMemory&) = delete;
  MetaMemory& operator=(const MetaMemory&) = delete;

  // Null for a storage that was made before.
  static const void* AddressOf(const c10::Storage& storage);
};

}  // namespace strata::libtorch

#endif  // STRATA_PLUGINS_SOURCES_LIBTORCH_META_MEMORY_H_
