// Summarizers on several threads at once, each with a host of its own.

#include <string>
#include <thread>
#include <vector>

#include "core/plugin_host.h"
#include "core/summarizer.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

constexpr int kThreads = 8;
constexpr int kRounds = 50;

class Operators : public Metric {
 public:
  std::vector<MetricColumn> columns() const override {
    return {{"operators", "Operators"}};
  }
  MetricNeeds needs() const override { return MetricNeeds::kOperators; }
  void BeginRun(const ModuleTree& tree, const RunInfo&) override {
    self_.assign(tree.size(), 0);
  }
  void VisitOp(const OpCall& op) override { self_[op.module] += 1; }
  absl::Status Collect(const ModuleTree& tree,
                       MetricResults& results) override {
    for (int i = 0; i < tree.size(); ++i) results.SetSelf(0, i, self_[i]);
    return absl::OkStatus();
  }

 private:
  std::vector<Count> self_;
};

// One summary of a model with `operators` of them in its module "a".
absl::StatusOr<Summary> SummaryOf(int operators, const std::string& folder) {
  FakeModel model(TreeOf({"", "a"}), [=](ModuleVisitor& visitor) {
    CallModule(visitor, 0, 0, {Float({2})}, {Float({2})}, [&] {
      CallModule(visitor, 1, 0, {Float({2})}, {Float({2})}, [&] {
        for (int i = 0; i < operators; ++i) {
          visitor.VisitOp(FakeOp{"aten::relu", {}, {}, 0, 1, ""}.Call());
        }
      });
    });
    return absl::OkStatus();
  });
  // The libraries are loaded by whoever comes first.
  PluginHost host({folder});
  Summarizer summarizer(host);
  summarizer.Metrics({"params"})
      .AddMetric("mine", std::make_unique<Operators>())
      .Inputs({{{2}, DType::kFloat32}});
  return summarizer.Summarize(model, File("m.pt"));
}

TEST(SummarizerThreadsTest, DoNotMeet) {
  const std::string plugin = DataPath("plugins/metrics/params/params.so");
  const std::string folder = plugin.substr(0, plugin.rfind('/'));
  std::vector<std::string> errors(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int round = 0; round < kRounds && errors[t].empty(); ++round) {
        const absl::StatusOr<Summary> summary = SummaryOf(t + round, folder);
        if (!summary.ok()) {
          errors[t] = summary.status().ToString();
        } else if (summary->totals().at("operators") != t + round ||
                   summary->totals().at("params") != 0 ||
                   summary->warnings_size() != 0) {
          errors[t] = summary->ShortDebugString();
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(errors, testing::Each(""));
}

}  // namespace
}  // namespace strata
