// PyTorch's caching allocator of CUDA memory, in figures alone.

#ifndef STRATA_PLUGINS_METRICS_MEMORY_CACHING_ALLOCATOR_H_
#define STRATA_PLUGINS_METRICS_MEMORY_CACHING_ALLOCATOR_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "core/count.h"

namespace strata::metrics {

// What c10/cuda/CUDACachingAllocator.cpp of PyTorch does on one stream, with
// its default settings, where the device has memory enough: no segment is ever
// given back. Functions of that file are named at ours; constants are those of
// PyTorch 2.13's c10/core/AllocatorConfig.h. Segments are taken to have rising
// addresses, as they decide between free blocks of one size. Each call costs
// the logarithm of the blocks there are.
class CachingAllocator {
 public:
  // A block that was given out; 0 is none.
  using Block = int64_t;

  // For `bytes` of 0 or less there is nothing to give: 0.
  Block Allocate(int64_t bytes);
  // 0 is passed over; else a block that was given out and is not given back.
  void Free(Block block);

  // What torch.cuda.memory_allocated and memory_reserved would say. Unknown
  // once 64 bits were not enough.
  Count allocated() const { return Known(allocated_); }
  Count reserved() const { return Known(reserved_); }
  // torch.cuda.max_memory_allocated, max_memory_reserved.
  Count peak_allocated() const { return Known(peak_allocated_); }
  Count peak_reserved() const { return Known(reserved_); }  // It never falls.

  // How many times memory was asked of the device.
  size_t segments() const { return segments_; }

 private:
  // A part of a segment, by its address in `parts_`.
  struct Part {
    int64_t bytes;
    bool is_small;  // Of the pool for small requests.
    bool is_free;
    bool begins_segment;
  };
  using Parts = std::map<int64_t, Part>;
  // The free parts of a pool, by size and then by address.
  using Pool = std::set<std::pair<int64_t, int64_t>>;

  Count Known(int64_t bytes) const {
    return overflowed_ ? Count::Unknown() : Count(bytes);
  }
  Pool& PoolOf(const Part& part) { return pools_[part.is_small ? 0 : 1]; }
  Parts::iterator TakeFree(int64_t bytes, bool is_small);
  Parts::iterator NewSegment(int64_t bytes, bool is_small);
  void Split(Parts::iterator part, int64_t bytes);
  Parts::iterator Merge(Parts::iterator first, Parts::iterator second);

  Parts parts_;
  Pool pools_[2];
  int64_t next_address_ = 1;
  int64_t allocated_ = 0;
  int64_t peak_allocated_ = 0;
  int64_t reserved_ = 0;
  size_t segments_ = 0;
  bool overflowed_ = false;
};

}  // namespace strata::metrics

#endif  // STRATA_PLUGINS_METRICS_MEMORY_CACHING_ALLOCATOR_H_
