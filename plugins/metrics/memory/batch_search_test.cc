#include "plugins/metrics/memory/batch_search.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace strata::metrics {
namespace {

struct Found {
  std::optional<int64_t> result;
  int runs = 0;
  bool does_not_grow = false;
};

using Bytes = std::function<int64_t(int64_t)>;

Found Search(int64_t first, int64_t limit, const Bytes& need,
             const Bytes& used) {
  BatchSearch search(limit);
  search.Add(first, need(first), used(first));
  Found found;
  while (const std::optional<int64_t> batch = search.Next()) {
    EXPECT_GT(*batch, 0);
    EXPECT_LE(*batch, BatchSearch::kLargest);
    search.Add(*batch, need(*batch), used(*batch));
    ++found.runs;
  }
  found.result = search.result();
  found.does_not_grow = search.does_not_grow();
  return found;
}

Found Search(int64_t first, int64_t limit, const Bytes& need) {
  return Search(first, limit, need, need);
}

TEST(BatchSearchTest, FindsTheLargestThatFits) {
  // 1000 and 10 for each: (limit - 1000) / 10.
  const auto line = [](int64_t batch) { return 1000 + 10 * batch; };
  for (const int64_t first : {1, 2, 7, 64, 1000, 100000}) {
    for (const int64_t limit :
         {1009, 1010, 1011, 1019, 1020, 2000, 11005, 1001000, 123456789}) {
      SCOPED_TRACE(first);
      SCOPED_TRACE(limit);
      const Found found = Search(first, limit, line);
      EXPECT_EQ(found.result, std::optional<int64_t>((limit - 1000) / 10));
      EXPECT_LE(found.runs, BatchSearch::kMostRuns);
    }
  }
  EXPECT_EQ(Search(4, 500, line).result, std::optional<int64_t>(0));
}

TEST(BatchSearchTest, AFewRunsAreEnoughForALine) {
  const auto line = [](int64_t batch) { return 100000 + 4096 * batch; };
  EXPECT_LE(Search(1, int64_t{1} << 34, line).runs, 16);
}

TEST(BatchSearchTest, InSteps) {
  // Segments of 2 MiB: what is reserved grows by steps.
  const auto steps = [](int64_t batch) {
    const int64_t segment = 2 << 20;
    return (batch * 100000 + segment - 1) / segment * segment;
  };
  const int64_t limit = int64_t{40} << 20;  // 20 segments: 419 whole batches.
  EXPECT_EQ(Search(1, limit, steps).result,
            std::optional<int64_t>(limit / 100000));
  // Growing faster and faster, as attention without a fused kernel.
  const auto square = [](int64_t batch) { return batch * batch; };
  EXPECT_EQ(Search(3, 1000000, square).result, std::optional<int64_t>(1000));
  EXPECT_EQ(Search(3000, 1000000, square).result, std::optional<int64_t>(1000));
}

TEST(BatchSearchTest, WhatDoesNotGrowIsSaidSo) {
  const Found found = Search(2, 100, [](int64_t) { return 50; });
  EXPECT_TRUE(found.does_not_grow);
  EXPECT_EQ(found.result, std::nullopt);
  EXPECT_LE(found.runs, 6);
}

// All of a small model lies in one segment for long.
TEST(BatchSearchTest, WhatIsReservedGrowsLate) {
  const auto steps = [](int64_t batch) {
    return 1000000 * (1 + batch / 1000000);
  };
  const auto line = [](int64_t batch) { return batch; };
  EXPECT_EQ(Search(1, 1500000, steps, line).result,
            std::optional<int64_t>(999999));
}

TEST(BatchSearchTest, BeyondTheLargestIsUnknown) {
  const Found found = Search(1, INT64_MAX, [](int64_t batch) { return batch; });
  EXPECT_EQ(found.result, std::nullopt);
  EXPECT_FALSE(found.does_not_grow);
}

}  // namespace
}  // namespace strata::metrics
