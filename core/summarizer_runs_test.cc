// How runs end: well, twice, half way, or not at all.

#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "core/error.h"
#include "core/summarizer.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Counts the modules; keeps under which conditions it was told.
class Kept : public Metric {
 public:
  explicit Kept(std::vector<RunInfo>* runs = nullptr) : runs_(runs) {}

  std::vector<MetricColumn> columns() const override {
    return {{"ones", "Ones", "", Aggregation::kSum}};
  }
  MetricNeeds needs() const override { return MetricNeeds::kMemory; }
  bool needs_training_run() const override { return runs_ != nullptr; }
  void BeginRun(const ModuleTree&, const RunInfo& run) override {
    if (runs_ != nullptr) runs_->push_back(run);
  }
  absl::Status Collect(const ModuleTree& tree,
                       MetricResults& results) override {
    for (int i = 0; i < tree.size(); ++i) results.SetSelf(0, i, 1);
    return absl::OkStatus();
  }

 private:
  std::vector<RunInfo>* runs_;
};

TEST(SummarizerRunsTest, ATrainingRunFollowsWhereAMetricAsks) {
  PluginHost host;
  std::vector<RunInfo> runs;
  FakeModel model = TwoModules();
  ASSERT_OK_AND_ASSIGN(const Summary summary,
                       Summarizer(host)
                           .AddMetric("trained", std::make_unique<Kept>(&runs))
                           .Inputs({})
                           .Summarize(model, File("m.pt")));
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_FALSE(runs[0].training || runs[0].gradients);
  EXPECT_TRUE(runs[1].training && runs[1].gradients);
  EXPECT_TRUE(runs[0].watches_memory && runs[1].watches_memory);
  EXPECT_EQ(summary.run().mode(), "eval");
  EXPECT_EQ(summary.layers(0).calls_size(), 1);
  EXPECT_THAT(summary.warnings(), IsEmpty());
}

TEST(SummarizerRunsTest, ATrainingRunThatFailsIsAWarning) {
  PluginHost host;
  std::vector<RunInfo> runs;
  const absl::Status ends[] = {absl::InternalError("in 'a': batch of one"),
                               absl::DeadlineExceededError("in 'a'")};
  for (const absl::Status& end : ends) {
    int run = 0;
    FakeModel model(TreeOf({"", "a"}), [&](ModuleVisitor&) {
      return run++ == 0 ? absl::OkStatus() : end;
    });
    const auto summary =
        Summarizer(host)
            .AddMetric("trained", std::make_unique<Kept>(&runs))
            .Inputs({})
            .Summarize(model, File("m.pt"));
    if (absl::IsDeadlineExceeded(end)) {
      EXPECT_THAT(summary, IsError(end.code(), "cannot run model (m.pt)"));
      continue;
    }
    ASSERT_THAT(summary, IsOk());
    EXPECT_THAT(summary->warnings(), ElementsAre(HasSubstr("batch of one")));
  }
}

TEST(SummarizerRunsTest, PartialGivesWhatRanAndTheError) {
  PluginHost host;
  FakeModel model = TwoModules(absl::InternalError("in 'a': bad shapes"));
  Summarizer summarizer(host);
  summarizer.AddMetric("mine", std::make_unique<Kept>())
      .Inputs({})
      .Partial(true);
  ASSERT_OK_AND_ASSIGN(const Summary summary,
                       summarizer.Summarize(model, File("m.pt")));
  EXPECT_THAT(summarizer.run_status(),
              IsError(absl::StatusCode::kInternal,
                      "cannot run model (m.pt): in 'a': bad shapes"));
  EXPECT_TRUE(summary.run().incomplete());
  EXPECT_EQ(summary.run().error(), summarizer.run_status().message());
  EXPECT_EQ(summary.layers(0).calls_size(), 1);
  EXPECT_EQ(summary.totals().at("ones"), 2);
}

// Inputs that do not fit, say: there is nothing to show.
TEST(SummarizerRunsTest, PartialOfARunThatNeverBeganIsAnError) {
  class Refuses : public FakeModel {
   public:
    using FakeModel::FakeModel;
    absl::Status Run(const RunOptions&, ModuleVisitor&) override {
      return absl::InvalidArgumentError("forward takes 2 inputs");
    }
  };
  PluginHost host;
  Refuses model(TreeOf({""}), nullptr);
  EXPECT_THAT(
      Summarizer(host).Inputs({}).Partial(true).Summarize(model, File("m.pt")),
      IsError(absl::StatusCode::kInvalidArgument, "takes 2 inputs"));
}

TEST(SummarizerRunsTest,
     TimeThatIsUpInTrainingLeavesTheRestWhereAPartIsWanted) {
  PluginHost host;
  std::vector<RunInfo> runs;
  int run = 0;
  FakeModel model(TreeOf({"", "a"}), [&](ModuleVisitor&) {
    return run++ == 0 ? absl::OkStatus()
                      : absl::DeadlineExceededError("in 'a'");
  });
  Summarizer summarizer(host);
  summarizer.AddMetric("kept", std::make_unique<Kept>(&runs))
      .Inputs({})
      .Partial(true);
  ASSERT_OK_AND_ASSIGN(const Summary summary,
                       summarizer.Summarize(model, File("m.pt")));
  EXPECT_TRUE(summary.run().incomplete());
  EXPECT_TRUE(absl::IsDeadlineExceeded(summarizer.run_status()));
  EXPECT_EQ(summary.totals().at("ones"), 2);
}

TEST(SummarizerRunsTest, AStuckOperatorIsReportedFromOutside) {
  PluginHost host;
  absl::Notification reported;
  absl::Status stuck;
  FakeModel model(TreeOf({"", "a"}), [&](ModuleVisitor& visitor) {
    CallModule(visitor, 0, 0, {}, {}, [&] {
      CallModule(visitor, 1, 0, {}, {},
                 [&] { reported.WaitForNotification(); });
    });
    return absl::OkStatus();
  });
  Summarizer summarizer(host);
  summarizer.Inputs({}).Timeout(absl::Milliseconds(1),
                                [&](const absl::Status& status) {
                                  stuck = status;
                                  reported.Notify();
                                });
  EXPECT_THAT(summarizer.Summarize(model, File("m.pt")), IsOk());
  EXPECT_THAT(stuck, IsError(absl::StatusCode::kDeadlineExceeded,
                             "cannot run model (m.pt): it was not done after "
                             "1ms, and one operator still runs in 'a'"));
  EXPECT_EQ(model.last_options().timeout, absl::Milliseconds(1));
}

}  // namespace
}  // namespace strata
