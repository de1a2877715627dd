#include "plugins/metrics/latency/run_times.h"

#include <algorithm>
#include <utility>

#include "core/timed_runs.h"

namespace strata::metrics {
namespace {

constexpr double kNotCalled = -1;

Spread SpreadOf(const std::vector<double>& values) {
  return {Quantile(values, 0.5), Quantile(values, 0.25),
          Quantile(values, 0.75)};
}

}  // namespace

void RunTimes::BeginRun() {
  open_calls_.assign(modules_, 0);
  open_.clear();
  run_ = Run();
  run_.own_us.assign(modules_, kNotCalled);
  calls_in_run_.assign(modules_, 0);
  outer_calls_in_run_.assign(modules_, 0);
  made_in_run_.assign(modules_, 0);
  inside_in_run_.assign(modules_, 0);
}

void RunTimes::Enter(const ModuleCall& call) {
  ++open_calls_[call.module];
  ++calls_in_run_[call.module];
  run_.order.push_back(call.module);
  open_.push_back({call.module, call.time_us, 0, 0, 0});
}

void RunTimes::Leave(const ModuleCall& call) {
  if (open_.empty()) return;
  const Open left = open_.back();
  open_.pop_back();
  const double took_us = call.time_us - left.begin_us;
  if (!open_.empty()) {
    open_.back().inside_us += took_us;
    open_.back().calls_made += 1;
    open_.back().calls_inside += left.calls_inside + 1;
  }
  made_in_run_[left.module] += left.calls_made;
  double& own_us = run_.own_us[left.module];
  own_us = std::max(own_us, 0.0) + (took_us - left.inside_us);
  // Of a module that calls itself the outermost call has all of it.
  if (--open_calls_[left.module] > 0) return;
  inside_in_run_[left.module] += left.calls_inside;
  run_.calls.push_back(
      {left.module, outer_calls_in_run_[left.module]++, took_us});
}

void RunTimes::EndRun() {
  if (runs_.empty()) {
    first_order_ = run_.order;
    calls_ = calls_in_run_;
    calls_made_ = made_in_run_;
    calls_inside_ = inside_in_run_;
  } else if (run_.order != first_order_) {
    same_calls_ = false;
    for (int i = 0; i < modules_; ++i) {
      calls_[i] = std::max(calls_[i], calls_in_run_[i]);
    }
  }
  run_.order.clear();
  double root_us = 0;
  for (const Call& call : run_.calls) {
    if (call.module == 0) root_us += call.took_us;
  }
  root_us_.push_back(root_us);
  runs_.push_back(std::move(run_));
}

std::vector<std::optional<Spread>> RunTimes::Inclusive(
    const ModuleTree& tree) const {
  return same_calls_ ? SumsOfRuns(tree) : SumsOfCalls(tree);
}

std::vector<std::optional<Spread>> RunTimes::SumsOfRuns(
    const ModuleTree& tree) const {
  // By module, and in it by run.
  std::vector<std::vector<double>> sums(modules_);
  for (int r = 0; r < runs(); ++r) {
    for (const Call& call : runs_[r].calls) {
      sums[call.module].resize(runs(), 0);
      sums[call.module][r] += call.took_us;
    }
  }
  std::vector<std::optional<Spread>> spreads(modules_);
  for (int i = modules_ - 1; i >= 0; --i) {
    if (sums[i].empty()) continue;
    spreads[i] = SpreadOf(sums[i]);
    const int parent = tree.modules[i].parent;
    if (parent < 0 || calls_[parent] > 0) continue;
    sums[parent].resize(runs(), 0);
    for (int r = 0; r < runs(); ++r) sums[parent][r] += sums[i][r];
  }
  return spreads;
}

std::vector<std::optional<Spread>> RunTimes::SumsOfCalls(
    const ModuleTree& tree) const {
  // By module, by number of the call, over the runs that had it.
  std::vector<std::vector<std::vector<double>>> times(modules_);
  for (const Run& run : runs_) {
    for (const Call& call : run.calls) {
      auto& numbers = times[call.module];
      if (static_cast<int>(numbers.size()) <= call.number) {
        numbers.resize(call.number + 1);
      }
      numbers[call.number].push_back(call.took_us);
    }
  }
  const auto add = [](std::optional<Spread>& to, const Spread& more) {
    if (!to) to.emplace();
    to->median += more.median;
    to->p25 += more.p25;
    to->p75 += more.p75;
  };
  std::vector<std::optional<Spread>> spreads(modules_);
  for (int i = modules_ - 1; i >= 0; --i) {
    for (const auto& of_call : times[i]) add(spreads[i], SpreadOf(of_call));
    const int parent = tree.modules[i].parent;
    if (parent >= 0 && calls_[parent] == 0 && spreads[i]) {
      add(spreads[parent], *spreads[i]);
    }
  }
  return spreads;
}

OwnTimes RunTimes::Own(double watching_us) const {
  OwnTimes own{OwnMedians(), 1};
  if (!same_calls_) return own;
  double sum_us = 0;
  for (int i = 0; i < modules_; ++i) {
    if (!own.us[i]) continue;
    own.us[i] = std::max(*own.us[i] - watching_us * calls_made_[i], 0.0);
    sum_us += *own.us[i];
  }
  if (sum_us <= 0) return own;
  const double whole_us =
      Quantile(root_us_, 0.5) - watching_us * calls_inside_[0];
  own.scale = std::max(whole_us, 0.0) / sum_us;
  for (std::optional<double>& us : own.us) {
    if (us) *us *= own.scale;
  }
  return own;
}

std::vector<std::optional<double>> RunTimes::OwnMedians() const {
  std::vector<std::optional<double>> medians(modules_);
  std::vector<double> own_us;
  for (int i = 0; i < modules_; ++i) {
    own_us.clear();
    for (const Run& run : runs_) {
      if (run.own_us[i] != kNotCalled) own_us.push_back(run.own_us[i]);
    }
    if (!own_us.empty()) medians[i] = Quantile(own_us, 0.5);
  }
  return medians;
}

std::optional<double> RunTimes::WatchingCost() const {
  if (!same_calls_ || unwatched_us_.empty() || runs_.empty() ||
      calls_inside_[0] == 0) {
    return std::nullopt;
  }
  // Less than nothing is noise.
  const double more_us = Quantile(root_us_, 0.5) - Quantile(unwatched_us_, 0.5);
  return std::max(more_us, 0.0) / calls_inside_[0];
}

std::vector<int> RunTimes::CallsInside(const ModuleTree& tree) const {
  std::vector<int> inside = calls_inside_;
  for (int i = modules_ - 1; i > 0; --i) {
    // A container that is not called has the times of what it holds.
    const int parent = tree.modules[i].parent;
    if (calls_[parent] == 0) inside[parent] += inside[i];
  }
  return inside;
}

}  // namespace strata::metrics
