#include "plugins/metrics/memory/caching_allocator.h"

#include <algorithm>

namespace strata::metrics {
namespace {

// c10/core/AllocatorConfig.h, by its names.
constexpr int64_t kMinBlockSize = 512;
constexpr int64_t kSmallSize = 1 << 20;       // The largest small request.
constexpr int64_t kSmallBuffer = 2 << 20;     // A segment of small ones.
constexpr int64_t kLargeBuffer = 20 << 20;    // large_segment_size, by default.
constexpr int64_t kMinLargeAlloc = 10 << 20;  // From here on: its own segment.
constexpr int64_t kRoundLarge = 2 << 20;

// No device has as much, and sums of two do not overflow.
constexpr int64_t kMost = int64_t{1} << 61;

int64_t RoundUp(int64_t bytes, int64_t to) {
  return (bytes + to - 1) / to * to;
}

// get_allocation_size
int64_t SegmentBytes(int64_t bytes) {
  if (bytes <= kSmallSize) return kSmallBuffer;
  if (bytes < kMinLargeAlloc) return kLargeBuffer;
  return RoundUp(bytes, kRoundLarge);
}

// should_split; max_split_size has no limit by default.
bool ShouldSplit(bool is_small, int64_t remaining) {
  return is_small ? remaining >= kMinBlockSize : remaining > kSmallSize;
}

}  // namespace

// malloc
CachingAllocator::Block CachingAllocator::Allocate(int64_t bytes) {
  if (bytes <= 0 || overflowed_) return 0;
  if (bytes > kMost || reserved_ > kMost || next_address_ > kMost) {
    overflowed_ = true;
    return 0;
  }
  bytes = RoundUp(bytes, kMinBlockSize);      // round_size
  const bool is_small = bytes <= kSmallSize;  // get_pool
  auto part = TakeFree(bytes, is_small);
  if (part == parts_.end()) part = NewSegment(SegmentBytes(bytes), is_small);
  Split(part, bytes);
  part->second.is_free = false;
  // The whole block counts, also what was too little to be split off.
  allocated_ += part->second.bytes;
  peak_allocated_ = std::max(peak_allocated_, allocated_);
  return part->first;
}

// get_free_block: the smallest that is large enough.
CachingAllocator::Parts::iterator CachingAllocator::TakeFree(int64_t bytes,
                                                             bool is_small) {
  Pool& pool = pools_[is_small ? 0 : 1];
  const auto found = pool.lower_bound({bytes, 0});
  if (found == pool.end()) return parts_.end();
  const auto part = parts_.find(found->second);
  pool.erase(found);
  return part;
}

// alloc_block
CachingAllocator::Parts::iterator CachingAllocator::NewSegment(int64_t bytes,
                                                               bool is_small) {
  const auto part =
      parts_.emplace(next_address_, Part{bytes, is_small, true, true}).first;
  next_address_ += bytes;
  reserved_ += bytes;
  ++segments_;
  return part;
}

// alloc_found_block: the rest stays behind what is given.
void CachingAllocator::Split(Parts::iterator part, int64_t bytes) {
  Part& whole = part->second;
  const int64_t remaining = whole.bytes - bytes;
  if (!ShouldSplit(whole.is_small, remaining)) return;
  const int64_t address = part->first + bytes;
  parts_.emplace(address, Part{remaining, whole.is_small, true, false});
  PoolOf(whole).emplace(remaining, address);
  whole.bytes = bytes;
}

// free, free_block
void CachingAllocator::Free(Block block) {
  auto part = parts_.find(block);
  if (part == parts_.end() || part->second.is_free) return;
  allocated_ -= part->second.bytes;
  part->second.is_free = true;
  if (!part->second.begins_segment) {
    part = Merge(std::prev(part), part);
  }
  const auto next = std::next(part);
  if (next != parts_.end() && !next->second.begins_segment) Merge(part, next);
  PoolOf(part->second).emplace(part->second.bytes, part->first);
}

// try_merge_blocks: the one of the two that was free before is in its pool.
CachingAllocator::Parts::iterator CachingAllocator::Merge(
    Parts::iterator first, Parts::iterator second) {
  if (!first->second.is_free || !second->second.is_free) return second;
  Pool& pool = PoolOf(first->second);
  pool.erase({first->second.bytes, first->first});
  pool.erase({second->second.bytes, second->first});
  first->second.bytes += second->second.bytes;
  parts_.erase(second);
  return first;
}

}  // namespace strata::metrics
