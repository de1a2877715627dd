// Runs with other batches than the user's.

#include <cstdint>
#include <memory>
#include <optional>
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

// What a metric that wants batches was told.
struct Told {
  std::vector<int64_t> begun;  // RunInfo::batch of each run.
  std::vector<int64_t> ended;
  std::vector<int64_t> limits;
};

class WantsBatches : public Metric {
 public:
  WantsBatches(std::vector<int64_t> batches, Told* told,
               std::string column = "ones")
      : batches_(std::move(batches)), told_(told), column_(std::move(column)) {}

  std::vector<MetricColumn> columns() const override {
    return {{column_, "Ones", "", Aggregation::kSum}};
  }
  MetricNeeds needs() const override { return MetricNeeds::kModules; }
  void BeginRun(const ModuleTree&, const RunInfo& run) override {
    batch_ = run.batch;
    told_->begun.push_back(run.batch);
    told_->limits.push_back(run.memory_limit_bytes);
  }
  void EndRun() override { told_->ended.push_back(batch_); }
  std::optional<int64_t> next_batch() override {
    // The last one again and again.
    if (batches_.empty()) return std::nullopt;
    const int64_t batch = batches_.front();
    if (batches_.size() > 1 || batch > 0) batches_.erase(batches_.begin());
    return batch < 0 ? -batch : batch;
  }
  absl::Status Collect(const ModuleTree& tree,
                       MetricResults& results) override {
    for (int i = 0; i < tree.size(); ++i) results.SetSelf(0, i, 1);
    return absl::OkStatus();
  }

 private:
  std::vector<int64_t> batches_;
  Told* told_;
  std::string column_;
  int64_t batch_ = 0;
};

// Takes batches to 8, and keeps what it was given.
class TakesSome : public FakeModel {
 public:
  TakesSome() : FakeModel(TreeOf({"", "a"}), nullptr) {}
  absl::Status Run(const RunOptions& options, ModuleVisitor& visitor) override {
    given.push_back(options.inputs);
    visitor.BeginRun(modules(), ConditionsOf(options, "fake"));
    CallModule(visitor, 0, 0, {}, {});
    if (options.batch > 8) return absl::InternalError("in 'a': too many");
    if (options.batch == 7) return absl::DeadlineExceededError("in 'a'");
    visitor.EndRun();
    return absl::OkStatus();
  }
  std::vector<std::vector<InputSpec>> given;
};

TEST(SummarizerBatchesTest, ARunForEachThatIsWanted) {
  PluginHost host;
  Told told;
  Told other;
  TakesSome model;
  ASSERT_OK_AND_ASSIGN(
      const Summary summary,
      Summarizer(host)
          .AddMetric("other", std::make_unique<WantsBatches>(
                                  std::vector<int64_t>{}, &other, "twos"))
          .AddMetric("wants", std::make_unique<WantsBatches>(
                                  std::vector<int64_t>{4, 8}, &told))
          .Inputs({{{2, 3}}, {{5, 2}}, {{2}}, {{}}})
          .MemoryLimit(1234)
          .Summarize(model, File("m.pt")));
  EXPECT_THAT(told.begun, ElementsAre(0, 4, 8));
  EXPECT_THAT(told.ended, ElementsAre(0, 4, 8));
  EXPECT_THAT(told.limits, ElementsAre(1234, 1234, 1234));
  EXPECT_THAT(other.begun, ElementsAre(0));
  // The first dimension where it is that of the first input.
  ASSERT_EQ(model.given.size(), 3u);
  EXPECT_THAT(model.given[2][0].shape, ElementsAre(8, 3));
  EXPECT_THAT(model.given[2][1].shape, ElementsAre(5, 2));
  EXPECT_THAT(model.given[2][2].shape, ElementsAre(8));
  EXPECT_THAT(model.given[2][3].shape, IsEmpty());
  // The summary is of the first.
  EXPECT_EQ(summary.layers(0).calls_size(), 1);
  EXPECT_THAT(summary.warnings(), IsEmpty());
}

TEST(SummarizerBatchesTest, ABatchThatTheModelRefusesIsAWarning) {
  PluginHost host;
  Told told;
  TakesSome model;
  ASSERT_OK_AND_ASSIGN(
      const Summary summary,
      Summarizer(host)
          .AddMetric("wants", std::make_unique<WantsBatches>(
                                  std::vector<int64_t>{9, 3}, &told))
          .Inputs({{{2, 3}}})
          .Summarize(model, File("m.pt")));
  EXPECT_THAT(told.begun, ElementsAre(0, 9, 3));
  EXPECT_THAT(told.ended, ElementsAre(0, 3));
  EXPECT_THAT(summary.warnings(),
              ElementsAre(HasSubstr("metric 'wants' saw no run with a batch "
                                    "of 9: cannot run model (m.pt): in 'a'")));
}

TEST(SummarizerBatchesTest, TimeThatIsUpEndsThem) {
  PluginHost host;
  Told told;
  TakesSome model;
  EXPECT_THAT(Summarizer(host)
                  .AddMetric("wants", std::make_unique<WantsBatches>(
                                          std::vector<int64_t>{7, 3}, &told))
                  .Inputs({{{2, 3}}})
                  .Summarize(model, File("m.pt")),
              IsError(absl::StatusCode::kDeadlineExceeded, "m.pt"));
  EXPECT_THAT(told.begun, ElementsAre(0, 7));
}

TEST(SummarizerBatchesTest, AMetricThatNeverHasEnoughIsCutShort) {
  PluginHost host;
  Told told;
  TakesSome model;
  ASSERT_THAT(Summarizer(host)
                  .AddMetric("wants", std::make_unique<WantsBatches>(
                                          std::vector<int64_t>{-3}, &told))
                  .Inputs({{{2, 3}}})
                  .Summarize(model, File("m.pt")),
              IsOk());
  EXPECT_EQ(told.begun.size(), 129u);
}

TEST(SummarizerBatchesTest, WithoutMadeInputsNobodyIsAsked) {
  PluginHost host;
  Told told;
  TakesSome model;
  ASSERT_THAT(Summarizer(host)
                  .AddMetric("wants", std::make_unique<WantsBatches>(
                                          std::vector<int64_t>{4}, &told))
                  .InputsFile("inputs.pt")
                  .Summarize(model, File("m.pt")),
              IsOk());
  EXPECT_THAT(told.begun, ElementsAre(0));
}

}  // namespace
}  // namespace strata
