#include "core/timed_runs.h"

#include <string>
#include <utility>
#include <vector>

#include "core/summarizer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A model whose runs take what the test says, one after another: the root all,
// its module "a" a tenth.
class TimedModel : public Model {
 public:
  explicit TimedModel(std::vector<double> times)
      : tree_(TreeOf({"", "a"})), times_(std::move(times)) {}

  const ModuleTree& modules() const override { return tree_; }
  std::vector<std::string> devices() const override { return {"cpu"}; }
  absl::Status Run(const RunOptions& options, ModuleVisitor& visitor) override {
    RunInfo info = ConditionsOf(options, "cpu");
    info.clock = "a fake";
    info.access = &access_;
    info.device_name = "Fake 1";
    info.threads = options.threads;
    info.versions = {{"lib", "1.2"}};
    visitor.BeginRun(tree_, info);
    std::string did = options.timed ? "timed" : "plain";
    if (options.warm_up) did += " warm-up";
    if (!options.watch_modules) did += " unwatched";
    did_.push_back(did);
    if (did == fails_at_) return status_;
    const double took = options.timed ? times_[next_++ % times_.size()] : 0;
    if (!options.watch_modules) {
      if (!can_run_unwatched_) return absl::UnimplementedError("no copy");
      visitor.EnterModule({0, 0, {}, {}, 0});
      visitor.LeaveModule({0, 0, {}, {}, took});
      visitor.EndRun();
      return absl::OkStatus();
    }
    visitor.EnterModule({0, 0, {}, {}, 10});
    visitor.EnterModule({1, 0, {}, {}, 10});
    visitor.LeaveModule({1, 0, {}, {}, 10 + took / 10});
    visitor.LeaveModule({0, 0, {}, {}, 10 + took});
    visitor.EndRun();
    return absl::OkStatus();
  }

  const std::vector<std::string>& did() const { return did_; }
  void FailAt(std::string what, absl::Status status) {
    fails_at_ = std::move(what);
    status_ = std::move(status);
  }
  void CannotRunUnwatched() { can_run_unwatched_ = false; }

 private:
  ModuleTree tree_;
  RunDevice access_;
  std::vector<double> times_;
  size_t next_ = 0;
  std::vector<std::string> did_;
  std::string fails_at_;
  absl::Status status_;
  bool can_run_unwatched_ = true;
};

// Says what it was told.
class Told : public Metric {
 public:
  Told(MetricNeeds needs, std::vector<std::string>* told, std::string id = "t")
      : needs_(needs), told_(*told), id_(std::move(id)) {}
  std::vector<MetricColumn> columns() const override {
    return {{id_, "T", "us", Aggregation::kMetric, false, /*is_real=*/true}};
  }
  MetricNeeds needs() const override { return needs_; }
  void BeginRun(const ModuleTree&, const RunInfo& run) override {
    told_.push_back(run.warm_up            ? "warm-up"
                    : !run.watches_modules ? "unwatched"
                    : run.timed            ? "timed"
                                           : "plain");
  }
  void EndRun() override { ++ended_; }
  absl::Status Collect(const ModuleTree&, MetricResults& results) override {
    results.SetRealTotal(0, 0, ended_);
    return absl::OkStatus();
  }

 private:
  const MetricNeeds needs_;
  std::vector<std::string>& told_;
  const std::string id_;
  int ended_ = 0;
};

class TimedRunsTest : public testing::Test {
 protected:
  TimedRunsTest() : summarizer_(host_) {
    summarizer_.Inputs({})
        .TimedRuns(TimingOptions{/*runs=*/2, /*warm_up=*/1})
        .AddMetric("timed",
                   std::make_unique<Told>(MetricNeeds::kTimed, &told_));
  }

  PluginHost host_;
  Summarizer summarizer_;
  std::vector<std::string> told_;
};

TEST_F(TimedRunsTest, AreToldToNoOtherMetric) {
  std::vector<std::string> others;
  summarizer_.AddMetric(
      "other", std::make_unique<Told>(MetricNeeds::kOperators, &others, "o"));
  TimedModel model({100});
  ASSERT_THAT(summarizer_.Summarize(model, ModelInfo()), IsOk());
  EXPECT_THAT(others, ElementsAre("plain"));
}

TEST_F(TimedRunsTest, EachCountedRunIsFollowedByOneUnwatched) {
  TimedModel model({50, 100, 90, 200, 180});
  summarizer_.Threads(3);
  ASSERT_OK_AND_ASSIGN(Summary summary,
                       summarizer_.Summarize(model, ModelInfo()));
  EXPECT_THAT(model.did(),
              ElementsAre("plain", "timed warm-up", "timed", "timed unwatched",
                          "timed", "timed unwatched"));
  EXPECT_THAT(told_, ElementsAre("warm-up", "timed", "unwatched", "timed",
                                 "unwatched"));
  const RunConditions& run = summary.run();
  EXPECT_EQ(run.timing().warm_up_runs(), 1);
  EXPECT_EQ(run.timing().counted_runs(), 2);
  EXPECT_EQ(run.timing().watched_us(), 150);    // Of 100 and 200.
  EXPECT_EQ(run.timing().unwatched_us(), 135);  // Of 90 and 180.
  EXPECT_FALSE(run.timing().has_steady());
  EXPECT_EQ(run.timing().clock(), "a fake");
  EXPECT_EQ(run.device_name(), "Fake 1");
  EXPECT_EQ(run.threads(), 3);
  EXPECT_EQ(run.versions().at("lib"), "1.2");
}

TEST_F(TimedRunsTest, WithoutAnUnwatchedRunTheCostIsUnknown) {
  TimedModel model({100});
  model.CannotRunUnwatched();
  ASSERT_OK_AND_ASSIGN(Summary summary,
                       summarizer_.Summarize(model, ModelInfo()));
  EXPECT_THAT(model.did(), ElementsAre("plain", "timed warm-up", "timed",
                                       "timed unwatched", "timed"));
  EXPECT_FALSE(summary.run().timing().has_unwatched_us());
}

TEST_F(TimedRunsTest, AreLeftOutOnShapes) {
  TimedModel model({100});
  summarizer_.Device("shape");
  ASSERT_OK_AND_ASSIGN(std::vector<Column> columns, summarizer_.Columns());
  EXPECT_THAT(columns, IsEmpty());
  // In the user's own process the model's device counts.
  Summarizer fresh(host_);
  fresh.Inputs({}).AddMetric(
      "timed", std::make_unique<Told>(MetricNeeds::kTimed, &told_));
  FakeModel shapes = TwoModules();
  ModelInfo file;
  file.set_file("m.pt");
  ASSERT_OK_AND_ASSIGN(Summary summary, fresh.Summarize(shapes, file));
  EXPECT_THAT(summary.warnings(0),
              HasSubstr("metric 'timed' is left out: it needs a real run"));
  EXPECT_THAT(summary.warnings(0), HasSubstr("--device=cpu"));
  EXPECT_FALSE(summary.run().has_timing());
}

TEST_F(TimedRunsTest, AFailureEndsThem) {
  TimedModel model({100});
  model.FailAt("timed", absl::ResourceExhaustedError("no memory in 'a'"));
  EXPECT_THAT(summarizer_.Summarize(model, ModelInfo()),
              IsError(absl::StatusCode::kResourceExhausted, "no memory in"));
}

TEST_F(TimedRunsTest, WithPartialWhatWasMeasuredStays) {
  TimedModel model({100});
  model.FailAt("timed unwatched", absl::CancelledError("it was interrupted"));
  summarizer_.Partial(true);
  ASSERT_OK_AND_ASSIGN(Summary summary,
                       summarizer_.Summarize(model, ModelInfo()));
  EXPECT_TRUE(summary.run().incomplete());
  EXPECT_THAT(summary.run().error(), HasSubstr("it was interrupted"));
  EXPECT_EQ(summary.run().timing().counted_runs(), 1);
  // One run to warm up and one that counts had ended.
  EXPECT_EQ(summary.real_totals().at("t"), 2);
  EXPECT_THAT(summarizer_.run_status(),
              IsError(absl::StatusCode::kCancelled, "it was interrupted"));
}

TEST_F(TimedRunsTest, ProgressSaysWhichRunOfHowMany) {
  TimedModel model({100});
  std::vector<std::string> seen;
  summarizer_.NotifyProgress([&](const Progress& progress) {
    seen.push_back(
        absl::StrCat(progress.phase, " ", progress.run, "/", progress.runs));
  });
  ASSERT_THAT(summarizer_.Summarize(model, ModelInfo()), IsOk());
  EXPECT_THAT(seen, ElementsAre("running the model 0/0", "warm-up 1/0",
                                "run 1/2", "run 2/2"));
}

TEST_F(TimedRunsTest, RealFiguresThatAreNoNumbersAreUnknown) {
  class Odd : public Told {
   public:
    using Told::Told;
    absl::Status Collect(const ModuleTree&, MetricResults& results) override {
      results.SetRealTotal(0, 0, 0.0 / 0.0);
      results.SetRealTotal(0, 1, 1.0 / 0.0);
      results.SetRealSelf(0, 1, -2.5);
      return absl::OkStatus();
    }
  };
  Summarizer summarizer(host_);
  summarizer.AddMetric("odd",
                       std::make_unique<Odd>(MetricNeeds::kStructure, &told_));
  TimedModel model({100});
  ASSERT_OK_AND_ASSIGN(Summary summary,
                       summarizer.Summarize(model, ModelInfo()));
  EXPECT_EQ(summary.layers(0).metrics().count("t"), 0);
  EXPECT_FALSE(summary.layers(1).metrics().at("t").has_real_total());
  EXPECT_EQ(summary.layers(1).metrics().at("t").real_self(), -2.5);
  EXPECT_THAT(summary.warnings(0),
              HasSubstr("metric 'odd' gave 2 values of 't' that are infinite "
                        "or no number: unknown"));
}

}  // namespace
}  // namespace strata
