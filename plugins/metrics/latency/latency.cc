#include "plugins/metrics/latency/latency.h"

#include <algorithm>
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
  is_watched_ = run.watches_modules;
  if (is_watched_) times_->BeginRun();
}

void LatencyMetric::EnterModule(const ModuleCall& call) {
  if (is_watched_) {
    times_->Enter(call);
  } else {
    begin_us_ = call.time_us;
  }
}

void LatencyMetric::LeaveModule(const ModuleCall& call) {
  if (is_watched_) {
    times_->Leave(call);
  } else {
    times_->AddUnwatched(call.time_us - begin_us_);
  }
}

void LatencyMetric::EndRun() {
  if (counts_ && is_watched_) times_->EndRun();
}

double LatencyMetric::WatchingCost(MetricResults& results) const {
  if (!subtracts_watching_) return 0;
  const std::optional<double> cost_us = times_->WatchingCost();
  if (!cost_us) {
    results.Warn("what watching costs is not known, and was not taken off");
  }
  return cost_us.value_or(0);
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
  const double watching_us = WatchingCost(results);
  const std::vector<int> calls_inside = times_->CallsInside(tree);
  const auto less = [&](double us, int module) {
    return std::max(us - watching_us * calls_inside[module], 0.0);
  };
  const OwnTimes own_times = times_->Own(watching_us);
  const std::vector<std::optional<double>>& own = own_times.us;
  constexpr double kDisturbed = 1.1;
  if (own_times.scale > kDisturbed) {
    results.Warn(absl::StrFormat(
        "the runs were disturbed: the medians of the modules' own times add up "
        "to %.0f %% of the whole, and were scaled to it; take a quieter "
        "machine",
        100 / own_times.scale));
  }
  const double whole = spreads[0] ? less(spreads[0]->median, 0) : 0;
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
    const double median = less(spreads[i]->median, i);
    results.SetRealTotal(kLatency, i, Rounded(median));
    results.SetRealTotal(kP25, i, Rounded(less(spreads[i]->p25, i)));
    results.SetRealTotal(kP75, i, Rounded(less(spreads[i]->p75, i)));
    if (whole > 0) results.SetRealTotal(kPercent, i, 100 * median / whole);
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
