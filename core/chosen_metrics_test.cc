#include "core/chosen_metrics.h"

#include "core/plugin.h"
#include "core/summarizer.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

extern "C" const strata::PluginEntry* strata_plugin_params();

namespace strata {
namespace {

// Gives each module a number of its own, and with `other` ten times what that
// column has there.
class Tenfold : public Metric {
 public:
  Tenfold(std::string id, std::string other)
      : id_(std::move(id)), other_(std::move(other)) {}
  std::vector<MetricColumn> columns() const override {
    return {{id_, id_, "", Aggregation::kSum}};
  }
  MetricNeeds needs() const override { return MetricNeeds::kStructure; }
  absl::Status Collect(const ModuleTree& tree,
                       MetricResults& results) override {
    const ColumnValues* other = results.Other(other_);
    for (int i = 0; i < tree.size(); ++i) {
      if (other_.empty()) {
        results.SetSelf(0, i, i + 1);
      } else if (other != nullptr) {
        results.SetSelf(0, i, other->total[i] * 10);
      }
    }
    return absl::OkStatus();
  }

 private:
  const std::string id_;
  const std::string other_;
};

std::unique_ptr<Metric> Make(const std::string& id,
                             const std::string& other = "") {
  return std::make_unique<Tenfold>(id, other);
}

int64_t SelfOf(const Summary& summary, int layer, const std::string& id) {
  return summary.layers(layer).metrics().at(id).self();
}

TEST(ChosenMetricsTest, AMetricIsCollectedAfterThoseItUses) {
  PluginHost host;
  FakeModel model(TreeOf({"", "a"}),
                  [](ModuleVisitor&) { return absl::OkStatus(); });
  Summarizer summarizer(host);
  // The user stands before the used one, and columns keep that order.
  summarizer.AddMetric("second", Make("hundreds", "tens"), {"first"})
      .AddMetric("first", Make("tens", "ones"), {"base"})
      .AddMetric("base", Make("ones"));
  ASSERT_OK_AND_ASSIGN(Summary summary, summarizer.Summarize(model, File("m")));
  EXPECT_EQ(summary.columns(0).id(), "hundreds");
  EXPECT_EQ(SelfOf(summary, 1, "ones"), 2);
  EXPECT_EQ(SelfOf(summary, 1, "tens"), 20);
  EXPECT_EQ(SelfOf(summary, 1, "hundreds"), 200);
  // The root's total of ones is 1 + 2: what is given is whole subtrees.
  EXPECT_EQ(SelfOf(summary, 0, "tens"), 30);
}

TEST(ChosenMetricsTest, WhatIsUsedIsAddedAndShownOnRequest) {
  PluginHost host;
  host.AddStatic(strata_plugin_params());
  Summarizer summarizer(host);
  summarizer.AddMetric("mine", Make("x", "params"), {"params"});
  ASSERT_OK_AND_ASSIGN(std::vector<Column> columns, summarizer.Columns());
  ASSERT_EQ(columns.size(), 2);
  EXPECT_FALSE(columns[0].on_request());
  EXPECT_EQ(columns[1].id(), "params");
  EXPECT_TRUE(columns[1].on_request());
}

TEST(ChosenMetricsTest, NothingIsGivenThatIsNotUsed) {
  PluginHost host;
  FakeModel model(TreeOf({""}),
                  [](ModuleVisitor&) { return absl::OkStatus(); });
  Summarizer summarizer(host);
  summarizer.AddMetric("base", Make("ones"))
      .AddMetric("thief", Make("tens", "ones"));
  ASSERT_OK_AND_ASSIGN(Summary summary, summarizer.Summarize(model, File("m")));
  EXPECT_FALSE(summary.layers(0).metrics().contains("tens"));
}

TEST(ChosenMetricsTest, Errors) {
  PluginHost host;
  Summarizer missing(host);
  missing.AddMetric("mine", Make("x"), {"nobody"});
  EXPECT_THAT(missing.Columns(),
              IsError(absl::StatusCode::kNotFound,
                      "metric 'mine' uses 'nobody': no metric 'nobody'"));
  Summarizer circle(host);
  circle.AddMetric("start", Make("s"), {"a"})
      .AddMetric("a", Make("a"), {"b"})
      .AddMetric("b", Make("b"), {"a"});
  EXPECT_THAT(circle.Columns(),
              IsError(absl::StatusCode::kInvalidArgument,
                      "metrics use each other in a circle: 'a' uses 'b' uses "
                      "'a'"));
  Summarizer itself(host);
  itself.AddMetric("a", Make("a"), {"a"});
  EXPECT_THAT(itself.Columns(),
              IsError(absl::StatusCode::kInvalidArgument, "'a' uses 'a'"));
}

}  // namespace
}  // namespace strata
