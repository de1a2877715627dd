#include "plugins/metrics/latency/latency.h"

#include <cmath>

#include "absl/strings/str_format.h"

namespace strata::metrics {
namespace {

enum ColumnIndex { kLatency, kSelf, kP25, kP75, kPercent, kGflops, kCalls };

// To the nanosecond: what is finer is no clock's.
double Rounded(double us) { return std::round(us * 1e3) / 1e3; }

}  // namespace

std::vector<MetricColumn> LatencyMetric::columns() const {
  constexpr bool kOnRequest = true;
  constexpr bool kReal = true;
  constexpr Aggregation kOwn = Aggregation::kMetric;
  return {
      {"latency_us", "Latency", "us", kOwn, false, kReal},
      {"latency_self_us", "Self", "us", kOwn, false, kReal},
      {"latency_p25_us", "p25", "us", kOwn, false, kReal},
      {"latency_p75_us", "p75", "us", kOwn, false, kReal},
      {"latency_percent", "Share", "%", kOwn, false, kReal},
      {"latency_gflops", "GFLOP/s", "", kOwn, false, kReal},
      {"latency_calls", "Calls", "", kOwn, kOnRequest},
  };
}

void LatencyMetric::BeginRun(const ModuleTree& tree, const RunInfo& run) {
  if (!times_) times_.emplace(tree.size());
  counts_ = !run.warm_up;
  times_->BeginRun();
}

void LatencyMetric::EnterModule(const ModuleCall& call) { times_->Enter(call); }

void LatencyMetric::LeaveModule(const ModuleCall& call) { times_->Leave(call); }

void LatencyMetric::EndRun() {
  if (counts_) times_->EndRun();
}

absl::Status LatencyMetric::Collect(const ModuleTree& tree,
                                    MetricResults& results) {
  if (!times_ || times_->runs() == 0) {
    results.Warn("no run was timed to its end: latency is unknown");
    return absl::OkStatus();
  }
  if (!times_->same_calls()) {
    results.Warn(
        "the timed runs did not all call the same modules (a branch on data or "
        "on random numbers): latencies are sums over the calls by their "
        "number, each of the runs that had it");
  }
  const std::vector<std::optional<Spread>> spreads = times_->Inclusive(tree);
  const OwnTimes own_times = times_->Own();
  const std::vector<std::optional<double>>& own = own_times.us;
  constexpr double kDisturbed = 1.1;
  if (own_times.scale > kDisturbed) {
    results.Warn(absl::StrFormat(
        "the runs were disturbed: the medians of the modules' own times add up "
        "to %.0f %% of the whole, and were scaled to it; take a quieter "
        "machine",
        100 / own_times.scale));
  }
  const ColumnValues* macs = results.Other("macs");
  for (int i = 0; i < tree.size(); ++i) {
    if (times_->calls()[i] > 0) {
      results.SetTotal(kCalls, i, times_->calls()[i]);
    }
    if (own[i]) {
      results.SetRealSelf(kLatency, i, Rounded(*own[i]));
      results.SetRealTotal(kSelf, i, Rounded(*own[i]));
    }
    if (!spreads[i]) continue;
    const double median = spreads[i]->median;
    results.SetRealTotal(kLatency, i, Rounded(median));
    results.SetRealTotal(kP25, i, Rounded(spreads[i]->p25));
    results.SetRealTotal(kP75, i, Rounded(spreads[i]->p75));
    if (spreads[0] && spreads[0]->median > 0) {
      results.SetRealTotal(kPercent, i, 100 * median / spreads[0]->median);
    }
    if (macs != nullptr && macs->total[i].known() && median > 0) {
      constexpr double kPerMicrosecondInGiga = 1e-3;
      results.SetRealTotal(
          kGflops, i,
          2.0 * *macs->total[i].value() / median * kPerMicrosecondInGiga);
    }
  }
  return absl::OkStatus();
}

}  // namespace strata::metrics
