#include "core/guarded_metrics.h"

#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Keeps what it was told, and misbehaves in the visit that the test names.
class BadMetric : public Metric {
 public:
  BadMetric(std::string id, std::string where, std::function<void()> what)
      : id_(std::move(id)), where_(std::move(where)), what_(std::move(what)) {}

  std::vector<MetricColumn> columns() const override {
    return {{id_, id_, "", Aggregation::kSum}};
  }
  MetricNeeds needs() const override { return MetricNeeds::kOperators; }
  void BeginRun(const ModuleTree&, const RunInfo&) override { At("begin"); }
  void EnterModule(const ModuleCall&) override { At("enter"); }
  void LeaveModule(const ModuleCall&) override { At("leave"); }
  void VisitOp(const OpCall&) override { At("op"); }
  void VisitMemory(const MemoryEvent&) override { At("memory"); }
  void EndRun() override { At("end"); }
  absl::Status Collect(const ModuleTree& tree,
                       MetricResults& results) override {
    for (int i = 0; i < tree.size(); ++i) results.SetSelf(0, i, 1);
    results.SetModelTotal(id_ + "_extra", 1);
    results.Warn("from " + id_);
    At("collect");
    return status;
  }

  absl::Status status;
  std::vector<std::string> seen;

 private:
  void At(const std::string& where) {
    seen.push_back(where);
    if (where == where_) what_();
  }

  std::string id_;
  std::string where_;
  std::function<void()> what_;
};

void Nothing() {}
void RaiseError() { throw std::runtime_error("boom"); }
void RaiseEmpty() { throw std::runtime_error(""); }
void RaiseInt() { throw 42; }

Summary RunOf(const std::vector<BadMetric*>& metrics,
              MetricNeeds needs = MetricNeeds::kOperators) {
  static const ModuleTree tree = TreeOf({"", "a"});
  SummaryBuilder builder(tree, ModelInfo());
  GuardedMetrics guarded(&builder);
  for (BadMetric* metric : metrics) {
    guarded.Add(metric->columns()[0].id, metric, needs);
  }
  guarded.BeginRun(tree, {"cpu", false});
  CallModule(guarded, 0, 0, {Float({2})}, {Float({2})}, [&] {
    guarded.VisitOp(FakeOp{"aten::relu", {}, {}, 0, 0, ""}.Call());
    guarded.VisitMemory({true, 1, 8, 0});
    CallModule(guarded, 1, 0, {}, {});
  });
  guarded.EndRun();
  guarded.Collect(tree, builder);
  return builder.Build();
}

TEST(GuardedMetricsTest, PassesOnWhatTheMetricNeeds) {
  struct {
    MetricNeeds needs;
    std::vector<std::string> seen;
  } const rows[] = {
      {MetricNeeds::kStructure, {"begin", "end", "collect"}},
      {MetricNeeds::kModules,
       {"begin", "enter", "enter", "leave", "leave", "end", "collect"}},
      {MetricNeeds::kOperators,
       {"begin", "enter", "op", "enter", "leave", "leave", "end", "collect"}},
      {MetricNeeds::kMemory,
       {"begin", "enter", "op", "memory", "enter", "leave", "leave", "end",
        "collect"}},
  };
  for (const auto& row : rows) {
    BadMetric metric("m", "", Nothing);
    const Summary summary = RunOf({&metric}, row.needs);
    EXPECT_EQ(metric.seen, row.seen);
    // The summary's own record sees the calls in any case.
    EXPECT_EQ(summary.layers(1).calls_size(), 1);
    EXPECT_EQ(summary.run().device(), "cpu");
  }
}

struct Case {
  const char* where;
  void (*what)();
  const char* why;
};

TEST(GuardedMetricsTest, AMetricThatRaisesCostsItsOwnColumnsAlone) {
  const Case cases[] = {
      {"begin", RaiseError, "boom"}, {"enter", RaiseError, "boom"},
      {"leave", RaiseError, "boom"}, {"op", RaiseError, "boom"},
      {"end", RaiseError, "boom"},   {"collect", RaiseError, "boom"},
      {"begin", RaiseInt, "raised"}, {"enter", RaiseInt, "raised"},
      {"op", RaiseInt, "raised"},    {"collect", RaiseInt, "raised"},
      {"op", RaiseEmpty, ""},        {"collect", RaiseEmpty, ""},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(testing::Message() << test.where << " " << test.why);
    BadMetric before("before", "", Nothing);
    BadMetric bad("bad", test.where, test.what);
    BadMetric after("after", "", Nothing);
    const Summary summary = RunOf({&before, &bad, &after});

    // Asked nothing more.
    EXPECT_EQ(bad.seen.back(), test.where);
    // Its column stands, without values.
    ASSERT_EQ(summary.columns_size(), 3);
    EXPECT_EQ(summary.columns(1).id(), "bad");
    for (const Layer& layer : summary.layers()) {
      EXPECT_FALSE(layer.metrics().contains("bad"));
      EXPECT_EQ(layer.metrics().at("before").self(), 1);
      EXPECT_EQ(layer.metrics().at("after").self(), 1);
    }
    EXPECT_FALSE(summary.totals().contains("bad"));
    EXPECT_FALSE(summary.totals().contains("bad_extra"));
    EXPECT_EQ(summary.totals().at("before"), 2);
    EXPECT_EQ(summary.totals().at("after"), 2);

    std::vector<std::string> failures;
    for (const std::string& warning : summary.warnings()) {
      EXPECT_NE(warning, "from bad");
      if (warning.find("failed") != std::string::npos) {
        failures.push_back(warning);
      }
    }
    ASSERT_EQ(failures.size(), 1u);
    EXPECT_THAT(failures[0],
                HasSubstr("metric 'bad' failed, its columns are unknown"));
    EXPECT_THAT(failures[0], HasSubstr(test.why));
  }
}

TEST(GuardedMetricsTest, AnErrorInCollectIsAWarning) {
  BadMetric bad("bad", "", Nothing);
  bad.status = absl::InternalError("no data");
  const Summary summary = RunOf({&bad});
  EXPECT_THAT(summary.warnings(),
              ElementsAre("metric 'bad' failed, its columns are unknown: "
                          "no data"));
  EXPECT_FALSE(summary.layers(0).metrics().contains("bad"));
}

// Wants a second run, or raises when it is asked.
class TrainingMetric : public BadMetric {
 public:
  using BadMetric::BadMetric;
  bool needs_training_run() const override {
    if (raises) throw std::runtime_error("no idea");
    return true;
  }
  bool raises = false;
};

TEST(GuardedMetricsTest, OnlyWhoAsksSeesTheTrainingRun) {
  const ModuleTree tree = TreeOf({"", "a"});
  SummaryBuilder builder(tree, ModelInfo());
  GuardedMetrics guarded(&builder);
  BadMetric once("once", "", Nothing);
  TrainingMetric twice("twice", "", Nothing);
  TrainingMetric lost("lost", "", Nothing);
  lost.raises = true;
  for (BadMetric* metric : std::vector<BadMetric*>{&once, &twice, &lost}) {
    guarded.Add(metric->columns()[0].id, metric, MetricNeeds::kModules);
  }
  const auto run = [&](bool training) {
    guarded.BeginRun(tree, {"cpu", training, training});
    CallModule(guarded, 0, 0, {}, {});
    guarded.EndRun();
  };
  run(false);
  EXPECT_TRUE(guarded.BeginTraining());
  run(true);
  guarded.FailTraining("because");
  guarded.Collect(tree, builder);
  const Summary summary = builder.Build();
  EXPECT_THAT(once.seen,
              ElementsAre("begin", "enter", "leave", "end", "collect"));
  EXPECT_THAT(twice.seen, ElementsAre("begin", "enter", "leave", "end", "begin",
                                      "enter", "leave", "end", "collect"));
  EXPECT_EQ(summary.layers(0).calls_size(), 1);
  EXPECT_EQ(summary.run().mode(), "eval");
  EXPECT_THAT(
      summary.warnings(),
      ElementsAre(HasSubstr("metric 'lost' failed"),
                  HasSubstr("'twice' knows nothing of training: the forward "
                            "pass in train mode failed: because"),
                  "from once", "from twice"));
}

TEST(GuardedMetricsTest, SaysWhichModuleRuns) {
  const ModuleTree tree = TreeOf({"", "a"});
  SummaryBuilder builder(tree, ModelInfo());
  GuardedMetrics guarded(&builder);
  EXPECT_EQ(guarded.running(), -1);
  guarded.BeginRun(tree, {"cpu", false});
  CallModule(guarded, 0, 0, {}, {}, [&] {
    CallModule(guarded, 1, 0, {}, {}, [&] { EXPECT_EQ(guarded.running(), 1); });
    EXPECT_EQ(guarded.running(), 0);
  });
  EXPECT_EQ(guarded.running(), -1);
}

TEST(GuardedMetricsTest, NoMetrics) {
  const Summary summary = RunOf({});
  EXPECT_EQ(summary.columns_size(), 0);
  EXPECT_THAT(summary.warnings(), IsEmpty());
}

}  // namespace
}  // namespace strata
