// What the kernel itself costs an operator and a module, beside what metrics
// do: visits of metrics that do nothing. Time per item is time per metric and
// visit; the first argument is the number of metrics.
//
//   bazel run -c opt //bench:visits

#include <memory>
#include <string>
#include <vector>

#include "benchmark/benchmark.h"
#include "core/guarded_metrics.h"
#include "core/summary_builder.h"

namespace strata {
namespace {

class Idle : public Metric {
 public:
  std::vector<MetricColumn> columns() const override { return {{"idle", "I"}}; }
  MetricNeeds needs() const override { return MetricNeeds::kOperators; }
  void VisitOp(const OpCall& op) override { benchmark::DoNotOptimize(&op); }
  void EnterModule(const ModuleCall& call) override {
    benchmark::DoNotOptimize(&call);
  }
  absl::Status Collect(const ModuleTree&, MetricResults&) override {
    return absl::OkStatus();
  }
};

// So many idle metrics of one run. The summary's own record is left out: the
// run counts as a second one, which it does not watch.
struct Visited {
  explicit Visited(int count) : tree{{Module()}}, builder(tree, ModelInfo()) {
    for (int i = 0; i < count; ++i) {
      metrics.push_back(std::make_unique<Idle>());
      visitors.Add(std::to_string(i), metrics.back().get(),
                   MetricNeeds::kOperators);
    }
  }
  ModuleTree tree;
  SummaryBuilder builder;
  GuardedMetrics visitors{&builder};
  std::vector<std::unique_ptr<Idle>> metrics;
};

void BM_Operator(benchmark::State& state) {
  Visited visited(static_cast<int>(state.range(0)));
  OpCall op;
  op.name = "aten::relu";
  for (auto _ : state) visited.visitors.VisitOp(op);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_Operator)->Arg(1)->Arg(4)->Arg(16);

// A call by itself, without the kernel between.
void BM_Alone(benchmark::State& state) {
  Idle idle;
  Metric* metric = &idle;
  benchmark::DoNotOptimize(metric);
  OpCall op;
  for (auto _ : state) metric->VisitOp(op);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Alone);

}  // namespace
}  // namespace strata

BENCHMARK_MAIN();
