// The metric `latency`: how long each module takes.

#ifndef STRATA_PLUGINS_METRICS_LATENCY_LATENCY_H_
#define STRATA_PLUGINS_METRICS_LATENCY_LATENCY_H_

#include <optional>
#include <vector>

#include "core/metric.h"
#include "plugins/metrics/latency/run_times.h"

namespace strata::metrics {

// Of timed runs in which nothing else is watched. Real columns:
//   latency_us       the median over the counted runs; `total` with all that
//                    runs inside, `self` without;
//   latency_self_us  the same `self`, for tables;
//   latency_p25_us, latency_p75_us  the middle half of the runs is between
//   them; latency_percent  of the root's median; latency_gflops   achieved: 2 *
//   MACs / latency, in 10^9 a second (a multiply
//                    and an add are two operations, as in vendors' figures);
//   latency_calls    calls in a run.
// Medians of parts need not add up to the median of the whole: they do so
// within the noise of the runs.
class LatencyMetric : public Metric {
 public:
  std::vector<MetricColumn> columns() const override;
  MetricNeeds needs() const override { return MetricNeeds::kTimed; }

  void BeginRun(const ModuleTree& tree, const RunInfo& run) override;
  void EnterModule(const ModuleCall& call) override;
  void LeaveModule(const ModuleCall& call) override;
  void EndRun() override;
  absl::Status Collect(const ModuleTree& tree, MetricResults& results) override;

 private:
  std::optional<RunTimes> times_;
  bool counts_ = false;  // The present run does.
};

}  // namespace strata::metrics

#endif  // STRATA_PLUGINS_METRICS_LATENCY_LATENCY_H_
