#include "core/timed_runs.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace strata {
namespace {

constexpr double kMicrosecondsPerSecond = 1e6;
constexpr double kWidest = 0.1;  // Of the middle half, in medians.
constexpr size_t kFewest = 10;   // Counted runs.
constexpr size_t kMost = 1000;
constexpr double kLongestUs = 10 * kMicrosecondsPerSecond;
constexpr size_t kFewestWarmUps = 3;
constexpr size_t kMostWarmUps = 20;
constexpr double kLongestWarmUpUs = 5 * kMicrosecondsPerSecond;
constexpr double kFaster = 0.95;

double Sum(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

// Hands a run's visits on, and notes how long the root's call took.
class RootTimer : public ModuleVisitor {
 public:
  explicit RootTimer(ModuleVisitor& next) : next_(next) {}

  void BeginRun(const ModuleTree& tree, const RunInfo& run) override {
    clock_ = run.clock;
    next_.BeginRun(tree, run);
  }
  void EnterModule(const ModuleCall& call) override {
    if (IsRoot(call)) begin_us_ = call.time_us;
    next_.EnterModule(call);
  }
  void LeaveModule(const ModuleCall& call) override {
    if (IsRoot(call)) took_us_ = call.time_us - begin_us_;
    next_.LeaveModule(call);
  }
  void EndRun() override { next_.EndRun(); }

  double took_us() const { return took_us_; }
  const std::string& clock() const { return clock_; }

 private:
  static bool IsRoot(const ModuleCall& call) {
    return call.module == 0 && call.number == 0;
  }

  ModuleVisitor& next_;
  std::string clock_;
  double begin_us_ = 0;
  double took_us_ = 0;
};

}  // namespace

double Quantile(std::vector<double> values, double part) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const double place = part * static_cast<double>(values.size() - 1);
  const auto below = static_cast<size_t>(std::floor(place));
  const size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (place - below) * (values[above] - values[below]);
}

bool Steadiness::WarmedUp(const std::vector<double>& times_us) const {
  const size_t count = times_us.size();
  if (options_.warm_up >= 0) {
    return count >= static_cast<size_t>(options_.warm_up);
  }
  if (count < 1) return false;
  if (Sum(times_us) >= kLongestWarmUpUs) return true;
  if (count < kFewestWarmUps) return false;
  if (count >= kMostWarmUps) return true;
  const double last = *std::min_element(times_us.end() - 2, times_us.end());
  const double before = *std::min_element(times_us.begin(), times_us.end() - 2);
  return last >= kFaster * before;
}

bool Steadiness::IsSteady(const std::vector<double>& times_us) {
  const double median = Quantile(times_us, 0.5);
  return Quantile(times_us, 0.75) - Quantile(times_us, 0.25) <=
         kWidest * median;
}

bool Steadiness::CountedEnough(const std::vector<double>& times_us) const {
  const size_t count = times_us.size();
  if (options_.runs > 0) return count >= static_cast<size_t>(options_.runs);
  const double sum = Sum(times_us);
  const double least = absl::ToDoubleMicroseconds(options_.min_time);
  if (count >= kMost) return true;
  if (count >= 2 && sum >= std::max(least, kLongestUs)) return true;
  return count >= kFewest && sum >= least && IsSteady(times_us);
}

std::optional<int> Steadiness::RunsLeft(
    const std::vector<double>& times_us) const {
  const int count = static_cast<int>(times_us.size());
  if (options_.runs > 0) return std::max(options_.runs - count, 0);
  return std::nullopt;
}

absl::Status RunTimed(const TimingOptions& timing_options, RunOptions options,
                      const RunOnce& run, ModuleVisitor& visitor,
                      const OnProgress& on_progress, Timing& timing) {
  const Steadiness steadiness(timing_options);
  options.timed = true;
  options.watch_operators = options.watch_memory = false;
  std::vector<double> times_us;
  std::vector<double> unwatched_us;
  bool can_run_unwatched = true;
  const auto tell = [&](const char* phase) {
    if (!on_progress) return;
    Progress progress;
    progress.phase = phase;
    progress.run = static_cast<int>(times_us.size()) + 1;
    const auto left =
        options.warm_up ? std::optional<int>() : steadiness.RunsLeft(times_us);
    if (left) {
      progress.runs = static_cast<int>(times_us.size()) + *left;
      if (!times_us.empty()) {
        const double one =
            Quantile(times_us, 0.5) + Quantile(unwatched_us, 0.5);
        progress.left = absl::Microseconds(one * *left);
      }
    }
    on_progress(progress);
  };
  const auto run_once = [&]() -> absl::Status {
    RootTimer timer(visitor);
    const absl::Status ran = run(options, timer);
    if (!ran.ok()) return ran;
    times_us.push_back(timer.took_us());
    timing.set_clock(timer.clock());
    return absl::OkStatus();
  };

  options.warm_up = true;
  while (!steadiness.WarmedUp(times_us)) {
    tell("warm-up");
    const absl::Status ran = run_once();
    if (!ran.ok()) return ran;
    timing.set_warm_up_runs(static_cast<int>(times_us.size()));
  }
  times_us.clear();
  options.warm_up = false;
  while (!steadiness.CountedEnough(times_us)) {
    tell("run");
    options.watch_modules = true;
    absl::Status ran = run_once();
    if (!ran.ok()) return ran;
    timing.set_counted_runs(static_cast<int>(times_us.size()));
    timing.set_watched_us(Quantile(times_us, 0.5));
    if (!can_run_unwatched) continue;
    options.watch_modules = false;
    RootTimer timer(visitor);
    ran = run(options, timer);
    if (ran.ok()) {
      unwatched_us.push_back(timer.took_us());
      timing.set_unwatched_us(Quantile(unwatched_us, 0.5));
    } else if (absl::IsUnimplemented(ran)) {
      can_run_unwatched = false;
    } else {
      return ran;
    }
  }
  if (timing_options.runs == 0)
    timing.set_steady(Steadiness::IsSteady(times_us));
  return absl::OkStatus();
}

}  // namespace strata
