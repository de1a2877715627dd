// The rules of core/timed_runs.h: quantiles, and when runs are enough.

#include <vector>

#include "core/timed_runs.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace strata {
namespace {

TEST(QuantileTest, LiesBetweenTheValuesByDistance) {
  // As numpy.percentile([1, 2, 4, 8], …): linear between the places.
  const std::vector<double> values = {8, 1, 4, 2};
  EXPECT_EQ(Quantile(values, 0), 1);
  EXPECT_EQ(Quantile(values, 0.5), 3);
  EXPECT_EQ(Quantile(values, 0.25), 1.75);
  EXPECT_EQ(Quantile(values, 0.75), 5);
  EXPECT_EQ(Quantile(values, 1), 8);
  EXPECT_EQ(Quantile({7}, 0.25), 7);
  EXPECT_EQ(Quantile({}, 0.5), 0);
}

TEST(SteadinessTest, WarmsUpUntilRunsGetNoFaster) {
  const Steadiness steadiness{TimingOptions()};
  const struct {
    std::vector<double> times;
    bool done;
  } rows[] = {
      {{}, false},
      {{100, 50}, false},
      {{100, 50, 50}, false},      // Twice as fast as the first.
      {{100, 50, 50, 40}, false},  // 40 is less than 95 % of 50.
      {{100, 50, 50, 49}, true},
      {{100, 100, 100}, true},
      {std::vector<double>(20, 1), true},
      {{5e6}, true},  // 5 s are enough.
  };
  for (const auto& row : rows) {
    EXPECT_EQ(steadiness.WarmedUp(row.times), row.done)
        << testing::PrintToString(row.times);
  }
}

TEST(SteadinessTest, DoesWhatTheUserSays) {
  const Steadiness steadiness(TimingOptions{/*runs=*/3, /*warm_up=*/1});
  EXPECT_FALSE(steadiness.WarmedUp({}));
  EXPECT_TRUE(steadiness.WarmedUp({9}));
  EXPECT_FALSE(steadiness.CountedEnough({1, 100}));
  EXPECT_TRUE(steadiness.CountedEnough({1, 100, 5}));
  EXPECT_TRUE(
      Steadiness(TimingOptions{/*runs=*/1, /*warm_up=*/0}).WarmedUp({}));
}

TEST(SteadinessTest, CountsUntilItIsSteady) {
  const Steadiness steadiness{TimingOptions()};  // At least 1 s together.
  EXPECT_FALSE(steadiness.CountedEnough(std::vector<double>(9, 2e5)));
  EXPECT_FALSE(steadiness.CountedEnough(std::vector<double>(10, 9e4)));
  EXPECT_TRUE(steadiness.CountedEnough(std::vector<double>(10, 1e5)));
  // A quarter takes twice as long: the middle half is as wide as the median.
  std::vector<double> wide;
  for (int i = 0; i < 12; ++i) wide.push_back(i % 2 == 0 ? 1e5 : 2e5);
  EXPECT_FALSE(Steadiness::IsSteady(wide));
  EXPECT_FALSE(steadiness.CountedEnough(wide));
  for (int i = 0; i < 60; ++i) wide.push_back(i % 2 == 0 ? 1e5 : 2e5);
  EXPECT_TRUE(steadiness.CountedEnough(wide));  // 10 s are over.
  EXPECT_TRUE(steadiness.CountedEnough(std::vector<double>(1000, 1)));
}

}  // namespace
}  // namespace strata
