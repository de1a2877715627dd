// The metric `latency`: how long each module takes.

#ifndef STRATA_PLUGINS_METRICS_LATENCY_LATENCY_H_
#define STRATA_PLUGINS_METRICS_LATENCY_LATENCY_H_

#include <optional>
#include <vector>

#include "core/metric.h"
#include "core/plugin_options.h"
#include "plugins/metrics/latency/run_times.h"

namespace strata::metrics {

// Of timed runs in which nothing else is watched. Real columns:
//
// - latency_us: `total` is the median over the counted runs, with all that runs
//   inside; `self` the same without that, scaled so that it adds up to the
//   root's (run_times.h);
// - latency_self_us: the same `self`, for tables;
// - latency_p25_us, latency_p75_us: between them is the middle half of the
// runs;
// - latency_percent: of the root's median;
// - latency_gflops: achieved, in 10^9 operations a second: 2 * MACs / latency
// (a
//   multiply and an add are two, as in vendors' figures);
// - latency_calls: calls in a run.
//
// With the option subtract_watching what watching costs is taken off all times:
// the difference of the watched and the unwatched runs' medians, in equal parts
// for each call.
class LatencyMetric : public Metric {
 public:
  explicit LatencyMetric(const PluginOptions& options)
      : subtracts_watching_(options.Bool("subtract_watching")) {}
  std::vector<MetricColumn> columns() const override;
  MetricNeeds needs() const override { return MetricNeeds::kTimed; }

  void BeginRun(const ModuleTree& tree, const RunInfo& run) override;
  void EnterModule(const ModuleCall& call) override;
  void LeaveModule(const ModuleCall& call) override;
  void EndRun() override;
  absl::Status Collect(const ModuleTree& tree, MetricResults& results) override;

 private:
  double WatchingCost(MetricResults& results) const;

  const bool subtracts_watching_;
  std::optional<RunTimes> times_;
  bool is_watched_ = true;  // The present run is.
  double begin_us_ = 0;     // Of one that is not.
  bool counts_ = false;     // The present run does.
};

}  // namespace strata::metrics

#endif  // STRATA_PLUGINS_METRICS_LATENCY_LATENCY_H_
