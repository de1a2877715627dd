#include "plugins/metrics/memory/caching_allocator.h"

#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace strata::metrics {
namespace {

constexpr int64_t kMiB = 1 << 20;

// Expected values are of the rules in c10/cuda/CUDACachingAllocator.cpp, worked
// out by hand, and of PyTorch's own tests where one is named.

TEST(CachingAllocatorTest, WhatOneRequestTakes) {
  struct Case {
    int64_t bytes;
    int64_t allocated;
    int64_t reserved;
  };
  for (const Case& c : std::vector<Case>{
           {0, 0, 0},
           {-1, 0, 0},
           // round_size: to 512 bytes; small ones are of segments of 2 MiB.
           {1, 512, 2 * kMiB},
           {512, 512, 2 * kMiB},
           {513, 1024, 2 * kMiB},
           {kMiB, kMiB, 2 * kMiB},
           // Above 1 MiB: of a segment of 20 MiB, split.
           {kMiB + 1, kMiB + 512, 20 * kMiB},
           {10 * kMiB - 512, 10 * kMiB - 512, 20 * kMiB},
           // From 10 MiB: of its own, rounded to 2 MiB; what is left over, 1
           // MiB or less, is not split off and counts.
           {10 * kMiB, 10 * kMiB, 10 * kMiB},
           {11 * kMiB, 12 * kMiB, 12 * kMiB},
           {11 * kMiB - 512, 11 * kMiB - 512, 12 * kMiB},
           {12 * kMiB - 1, 12 * kMiB, 12 * kMiB},
       }) {
    SCOPED_TRACE(c.bytes);
    CachingAllocator allocator;
    const CachingAllocator::Block block = allocator.Allocate(c.bytes);
    EXPECT_EQ(allocator.allocated(), Count(c.allocated));
    EXPECT_EQ(allocator.reserved(), Count(c.reserved));
    EXPECT_EQ(block != 0, c.allocated > 0);
    allocator.Free(block);
    EXPECT_EQ(allocator.allocated(), Count(0));
    EXPECT_EQ(allocator.reserved(), Count(c.reserved));  // Kept.
    EXPECT_EQ(allocator.peak_allocated(), Count(c.allocated));
  }
}

// PyTorch's test/test_cuda.py, TestMemPool.test_mempool_with_allocator: "pool
// should have 1 segment", "still 1", and 2 after the third tensor of 1 MiB.
TEST(CachingAllocatorTest, SmallOnesShareASegment) {
  CachingAllocator allocator;
  allocator.Allocate(kMiB);
  EXPECT_EQ(allocator.segments(), 1u);
  allocator.Allocate(kMiB);
  EXPECT_EQ(allocator.segments(), 1u);
  allocator.Allocate(kMiB);
  EXPECT_EQ(allocator.segments(), 2u);
}

// TestMemPool.test_nested_mempool there: each tensor of 20 MiB is a segment of
// its own.
TEST(CachingAllocatorTest, LargeOnesHaveTheirOwn) {
  CachingAllocator allocator;
  allocator.Allocate(20 * kMiB);
  EXPECT_EQ(allocator.segments(), 1u);
  allocator.Allocate(20 * kMiB);
  EXPECT_EQ(allocator.segments(), 2u);
  EXPECT_EQ(allocator.reserved(), Count(40 * kMiB));
}

TEST(CachingAllocatorTest, WhatIsFreeIsGivenAgain) {
  CachingAllocator allocator;
  // 6 + 6 + 6 of 20 MiB; 2 MiB stay free.
  const auto a = allocator.Allocate(6 * kMiB);
  const auto b = allocator.Allocate(6 * kMiB);
  const auto c = allocator.Allocate(6 * kMiB);
  EXPECT_EQ(allocator.reserved(), Count(20 * kMiB));
  // 2 MiB fit into the rest.
  const auto d = allocator.Allocate(2 * kMiB);
  EXPECT_EQ(allocator.segments(), 1u);
  // Neighbours become one: 12 MiB, which take 11 MiB whole, as 1 MiB more is
  // not split off.
  allocator.Free(a);
  allocator.Free(b);
  const auto e = allocator.Allocate(11 * kMiB);
  EXPECT_EQ(e, a);
  EXPECT_EQ(allocator.segments(), 1u);
  EXPECT_EQ(allocator.allocated(), Count((12 + 6 + 2) * kMiB));
  allocator.Free(c);
  allocator.Free(d);
  allocator.Free(e);
  EXPECT_EQ(allocator.allocated(), Count(0));
  // All of it again, in one piece.
  EXPECT_EQ(allocator.Allocate(20 * kMiB), a);
  EXPECT_EQ(allocator.segments(), 1u);
}

TEST(CachingAllocatorTest, TheSmallestThatFitsIsTaken) {
  CachingAllocator allocator;
  const auto large = allocator.Allocate(30 * kMiB);
  const auto middle = allocator.Allocate(16 * kMiB);
  const auto small = allocator.Allocate(12 * kMiB);
  for (const auto block : {large, middle, small}) allocator.Free(block);
  EXPECT_EQ(allocator.Allocate(15 * kMiB), middle);  // All 16, not split.
  EXPECT_EQ(allocator.allocated(), Count(16 * kMiB));
  EXPECT_EQ(allocator.Allocate(15 * kMiB), large);  // Split: 15 of 30.
  EXPECT_EQ(allocator.allocated(), Count((16 + 15) * kMiB));
  EXPECT_EQ(allocator.Allocate(12 * kMiB), small);
  EXPECT_EQ(allocator.reserved(), Count((30 + 16 + 12) * kMiB));
}

TEST(CachingAllocatorTest, ThePoolsAreApart) {
  CachingAllocator allocator;
  allocator.Free(allocator.Allocate(5 * kMiB));
  allocator.Allocate(1000);  // Not of the 20 MiB that are free.
  EXPECT_EQ(allocator.reserved(), Count(22 * kMiB));
  allocator.Allocate(kMiB + 512);  // Of them.
  EXPECT_EQ(allocator.reserved(), Count(22 * kMiB));
}

TEST(CachingAllocatorTest, FragmentsDoNotJoinAcrossSegments) {
  CachingAllocator allocator;
  std::vector<CachingAllocator::Block> blocks;
  for (int i = 0; i < 4; ++i) blocks.push_back(allocator.Allocate(10 * kMiB));
  for (const auto block : blocks) allocator.Free(block);
  // 40 MiB are free, in four segments.
  allocator.Allocate(20 * kMiB);
  EXPECT_EQ(allocator.reserved(), Count(60 * kMiB));
  EXPECT_EQ(allocator.segments(), 5u);
}

TEST(CachingAllocatorTest, OddCallsDoNoHarm) {
  CachingAllocator allocator;
  allocator.Free(0);
  allocator.Free(12345);
  const auto block = allocator.Allocate(100);
  allocator.Free(block);
  allocator.Free(block);
  EXPECT_EQ(allocator.allocated(), Count(0));
  allocator.Allocate(INT64_MAX);
  EXPECT_EQ(allocator.peak_allocated(), Count::Unknown());
  EXPECT_EQ(allocator.peak_reserved(), Count::Unknown());
}

// Any sequence: what is allocated is what is in use, and never more than what
// is reserved.
TEST(CachingAllocatorTest, SumsHold) {
  CachingAllocator allocator;
  std::vector<std::pair<CachingAllocator::Block, int64_t>> live;
  uint64_t state = 1;
  const auto random = [&](uint64_t below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % below;
  };
  int64_t asked = 0;
  for (int i = 0; i < 20000; ++i) {
    if (live.empty() || random(5) < 3) {
      const auto bytes =
          static_cast<int64_t>(1 + random(uint64_t{1} << (1 + random(25))));
      live.emplace_back(allocator.Allocate(bytes), bytes);
      asked += bytes;
    } else {
      std::swap(live[random(live.size())], live.back());
      allocator.Free(live.back().first);
      asked -= live.back().second;
      live.pop_back();
    }
    ASSERT_GE(*allocator.allocated().value(), asked);
    ASSERT_LE(*allocator.allocated().value(), *allocator.reserved().value());
  }
  for (const auto& [block, bytes] : live) allocator.Free(block);
  EXPECT_EQ(allocator.allocated(), Count(0));
}

}  // namespace
}  // namespace strata::metrics
