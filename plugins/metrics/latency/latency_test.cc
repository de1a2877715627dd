#include "plugins/metrics/latency/latency.h"

#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata::metrics {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int kLatency = 0;
constexpr int kSelf = 1;
constexpr int kP25 = 2;
constexpr int kP75 = 3;
constexpr int kPercent = 4;
constexpr int kGflops = 5;
constexpr int kCalls = 6;

// Tells a metric of runs whose clock the test turns.
class Runs {
 public:
  explicit Runs(std::vector<std::string> paths, bool subtract = false)
      : tree_(TreeOf(paths)), metric_(Options(subtract)) {}

  void Run(const std::function<void()>& inside, bool warm_up = false,
           bool ends = true) {
    RunInfo run;
    run.device = "fake";
    run.timed = true;
    run.warm_up = warm_up;
    now_us_ = 1000;  // Runs need not begin at 0.
    numbers_.assign(tree_.size(), 0);
    metric_.BeginRun(tree_, run);
    inside();
    if (ends) metric_.EndRun();
  }

  // In which nothing is watched.
  void RunUnwatched(double us) {
    RunInfo run;
    run.timed = true;
    run.watches_modules = false;
    metric_.BeginRun(tree_, run);
    metric_.EnterModule({0, 0, {}, {}, 3});
    metric_.LeaveModule({0, 0, {}, {}, 3 + us});
    metric_.EndRun();
  }

  void Call(int module, const std::function<void()>& inside) {
    const int number = numbers_[module]++;
    metric_.EnterModule({module, number, {}, {}, now_us_});
    inside();
    metric_.LeaveModule({module, number, {}, {}, now_us_});
  }
  void Takes(double us) { now_us_ += us; }
  void Call(int module, double us) {
    Call(module, [&] { Takes(us); });
  }

  MetricResults Collect(const ColumnValues* macs = nullptr) {
    MetricResults results(static_cast<int>(metric_.columns().size()),
                          tree_.size());
    if (macs != nullptr) results.SetOther("macs", macs);
    EXPECT_THAT(metric_.Collect(tree_, results), IsOk());
    return results;
  }

 private:
  static PluginOptions Options(bool subtract) {
    PluginOptions options;
    options.Set("subtract_watching", subtract);
    return options;
  }

  ModuleTree tree_;
  LatencyMetric metric_;
  double now_us_ = 0;
  std::vector<int> numbers_;
};

TEST(LatencyTest, MediansAndTheMiddleHalf) {
  Runs runs({"", "a", "b"});
  for (double us : {10, 20, 30, 40, 1000}) {
    runs.Run([&] {
      runs.Call(0, [&] {
        runs.Call(1, us);
        runs.Takes(5);
        runs.Call(2, 2 * us);
      });
    });
  }
  MetricResults results = runs.Collect();
  // The root: 3 us and 5, the median of 10…1000 being 30.
  EXPECT_THAT(results.column(kLatency).real_total, ElementsAre(95, 30, 60));
  EXPECT_THAT(results.column(kLatency).real_self, ElementsAre(5, 30, 60));
  EXPECT_THAT(results.column(kSelf).real_total, ElementsAre(5, 30, 60));
  EXPECT_THAT(results.column(kP25).real_total, ElementsAre(65, 20, 40));
  EXPECT_THAT(results.column(kP75).real_total, ElementsAre(125, 40, 80));
  EXPECT_THAT(
      results.column(kPercent).real_total,
      ElementsAre(100, testing::Optional(testing::DoubleEq(100 * 30 / 95.0)),
                  testing::Optional(testing::DoubleEq(100 * 60 / 95.0))));
  EXPECT_THAT(results.warnings(), IsEmpty());
}

TEST(LatencyTest, WhatIsItsOwnAddsUpHoweverDisturbed) {
  Runs runs({"", "a", "b", "c"});
  // In each run something else takes ten times as long.
  for (int slow = 0; slow < 4; ++slow) {
    runs.Run([&] {
      runs.Call(0, [&] {
        for (int i = 1; i < 4; ++i) runs.Call(i, i == slow ? 100 * i : 10 * i);
      });
    });
  }
  MetricResults results = runs.Collect();
  // The root took 60, 150, 240 and 330: medians of parts would give 60.
  EXPECT_EQ(results.column(kLatency).real_total[0], 195);
  double sum = 0;
  for (const auto& own : results.column(kLatency).real_self) {
    sum += own.value();
  }
  EXPECT_NEAR(sum, 195, 0.002);
  // 60 of 195.
  EXPECT_THAT(results.warnings(),
              ElementsAre(HasSubstr("own times add up to 31 % of the whole")));
}

TEST(LatencyTest, WarmUpAndBrokenRunsDoNotCount) {
  Runs runs({"", "a"});
  runs.Run([&] { runs.Call(0, 5000); }, /*warm_up=*/true);
  runs.Run([&] { runs.Call(0, 7); });
  runs.Run([&] { runs.Call(0, 9000); }, false, /*ends=*/false);
  MetricResults results = runs.Collect();
  // What never ran has no latency, and not 0.
  EXPECT_THAT(results.column(kLatency).real_total,
              ElementsAre(7, std::nullopt));
  EXPECT_FALSE(results.column(kCalls).total[1].known());
}

TEST(LatencyTest, CallsOfOneRunAddUp) {
  Runs runs({"", "a"});
  for (int i = 0; i < 3; ++i) {
    runs.Run([&] {
      runs.Call(0, [&] {
        runs.Call(1, 10);
        runs.Call(1, 20);
      });
    });
  }
  MetricResults results = runs.Collect();
  EXPECT_EQ(results.column(kLatency).real_total[1], 30);
  EXPECT_EQ(results.column(kCalls).total[1], Count(2));
  EXPECT_EQ(results.column(kLatency).real_self[0], 0);
}

TEST(LatencyTest, AModuleInsideOfItselfIsNotCountedTwice) {
  Runs runs({"", "a"});
  runs.Run([&] {
    runs.Call(0, [&] {
      runs.Call(1, [&] {
        runs.Takes(4);
        runs.Call(1, 6);
      });
    });
  });
  MetricResults results = runs.Collect();
  EXPECT_EQ(results.column(kLatency).real_total[1], 10);
  EXPECT_EQ(results.column(kLatency).real_self[1], 10);
  EXPECT_EQ(results.column(kCalls).total[1], Count(2));
}

TEST(LatencyTest, AContainerHasWhatItsModulesHave) {
  Runs runs({"", "list", "list.0", "list.1"});
  for (double us : {1, 3, 5}) {
    runs.Run([&] {
      runs.Call(0, [&] {
        runs.Call(2, us);
        runs.Call(3, 10 - us);
      });
    });
  }
  MetricResults results = runs.Collect();
  // Each run's sum is 10; the medians' is 3 + 7.
  EXPECT_EQ(results.column(kLatency).real_total[1], 10);
  EXPECT_EQ(results.column(kLatency).real_self[1], std::nullopt);
}

TEST(LatencyTest, RunsThatDifferAreGroupedByCall) {
  Runs runs({"", "a", "b"});
  for (int i = 0; i < 4; ++i) {
    runs.Run([&] {
      runs.Call(0, [&] {
        runs.Call(1, 10);
        if (i == 3) runs.Call(1, 100);
        if (i < 2) runs.Call(2, 8);
      });
    });
  }
  MetricResults results = runs.Collect();
  EXPECT_THAT(results.warnings(),
              ElementsAre(HasSubstr("did not all call the same modules")));
  // The first call, of all runs, and the second, of the one that had it.
  EXPECT_EQ(results.column(kLatency).real_total[1], 10 + 100);
  EXPECT_EQ(results.column(kLatency).real_total[2], 8);
  EXPECT_EQ(results.column(kCalls).total[1], Count(2));
}

TEST(LatencyTest, AchievedSpeedIsTwiceTheMacsByTime) {
  Runs runs({"", "a", "b"});
  runs.Run([&] {
    runs.Call(0, [&] {
      runs.Call(1, 10);
      runs.Call(2, 10);
    });
  });
  ColumnValues macs;
  macs.total = {Count::Unknown(), 3000, 0};
  MetricResults results = runs.Collect(&macs);
  // 6,000 operations in 10 us are 0.6 * 10^9 a second.
  EXPECT_THAT(
      results.column(kGflops).real_total,
      ElementsAre(std::nullopt, testing::Optional(testing::DoubleEq(0.6)), 0));
  EXPECT_EQ(runs.Collect().column(kGflops).real_total[1], std::nullopt);
}

// The root calls a list's two modules, and the second calls one of its own;
// each call costs 2 us to watch, which the caller's time has.
void RunList(Runs& runs) {
  for (int i = 0; i < 3; ++i) {
    runs.Run([&] {
      runs.Call(0, [&] {
        runs.Takes(10 + 2 + 2);
        runs.Call(2, 20);
        runs.Call(3, [&] {
          runs.Takes(30 + 2);
          runs.Call(4, 40);
        });
      });
    });
    runs.RunUnwatched(10 + 20 + 30 + 40);
  }
}

TEST(LatencyTest, WatchingIsTakenOffOnlyIfAsked) {
  const std::vector<std::string> paths = {"", "l", "l.0", "l.1", "l.1.a"};
  Runs as_it_is(paths);
  RunList(as_it_is);
  EXPECT_THAT(as_it_is.Collect().column(kLatency).real_total,
              ElementsAre(106, 92, 20, 72, 40));
  Runs less(paths, /*subtract=*/true);
  RunList(less);
  MetricResults results = less.Collect();
  EXPECT_THAT(results.column(kLatency).real_total,
              ElementsAre(100, 90, 20, 70, 40));
  EXPECT_THAT(results.column(kLatency).real_self,
              ElementsAre(10, std::nullopt, 20, 30, 40));
  EXPECT_THAT(results.warnings(), IsEmpty());
  Runs unknown({"", "a"}, /*subtract=*/true);
  unknown.Run([&] { unknown.Call(0, [&] { unknown.Call(1, 5); }); });
  MetricResults not_known = unknown.Collect();
  EXPECT_THAT(not_known.warnings(), ElementsAre(HasSubstr("is not known")));
  EXPECT_EQ(not_known.column(kLatency).real_total[1], 5);
}

TEST(LatencyTest, WithoutARunNothingIsKnown) {
  Runs runs({""});
  MetricResults results = runs.Collect();
  EXPECT_EQ(results.column(kLatency).real_total[0], std::nullopt);
  EXPECT_THAT(results.warnings(), ElementsAre(HasSubstr("latency is unknown")));
}

}  // namespace
}  // namespace strata::metrics
