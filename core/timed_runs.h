// How often a model is run for the clock, and when that is enough.

#ifndef STRATA_CORE_TIMED_RUNS_H_
#define STRATA_CORE_TIMED_RUNS_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "core/model.h"
#include "core/module_visitor.h"
#include "core/summary.pb.h"

namespace strata {

struct TimingOptions {
  int runs = 0;      // Counted ones; 0: until they are steady.
  int warm_up = -1;  // Runs before that; -1: until they get no faster.
  // The counted runs take at least this long together, where `runs` is 0.
  absl::Duration min_time = absl::Seconds(1);
};

// How far long work has come, for whoever waits.
struct Progress {
  std::string phase;  // "warm-up", "run"
  int run = 0;        // From 1; 0: there is only one.
  int runs = 0;       // How many there will be; 0: that is not known.
  absl::Duration left = absl::InfiniteDuration();  // An estimate.
};
using OnProgress = std::function<void(const Progress&)>;

// Whether more runs would tell more. Pure rules over the times of the root, in
// microseconds, in the order of the runs.
class Steadiness {
 public:
  explicit Steadiness(const TimingOptions& options) : options_(options) {}

  // Caches, allocators and clocks of processors need some runs: as many as the
  // user says, else at least three, and then until the last two are no more
  // than 5 % faster than all before; at most 20, or 5 s.
  bool WarmedUp(const std::vector<double>& times_us) const;

  // As many as the user says; else at least ten, taking `min_time` together,
  // and until the middle half is no wider than a tenth of the median: the rule
  // of torch.utils.benchmark's Timer.adaptive_autorange (threshold 0.1), which
  // also gives the most, 10 s (but two runs at least).
  bool CountedEnough(const std::vector<double>& times_us) const;

  // Whether the middle half is as narrow as that.
  static bool IsSteady(const std::vector<double>& times_us);

  // How many more are expected; nothing where that cannot be known.
  std::optional<int> RunsLeft(const std::vector<double>& times_us) const;

 private:
  const TimingOptions options_;
};

// The value below which this part of the values lies, between two of them by
// their distance, as numpy.percentile. 0 for no values.
double Quantile(std::vector<double> values, double part);

// Runs the model once; `visitor` is told.
using RunOnce =
    std::function<absl::Status(const RunOptions& options, ModuleVisitor&)>;

// Warms up and counts, telling `visitor` of every run. Each counted run is
// followed by one in which no module is watched (RunInfo::watches_modules), so
// that `timing` can say what watching costs (not where the source cannot run
// so). An error ends it; `timing` then has what there was.
absl::Status RunTimed(const TimingOptions& timing_options, RunOptions options,
                      const RunOnce& run, ModuleVisitor& visitor,
                      const OnProgress& on_progress, Timing& timing);

}  // namespace strata

#endif  // STRATA_CORE_TIMED_RUNS_H_
