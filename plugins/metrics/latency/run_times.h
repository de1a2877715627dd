// What each module took in each of many runs.

#ifndef STRATA_PLUGINS_METRICS_LATENCY_RUN_TIMES_H_
#define STRATA_PLUGINS_METRICS_LATENCY_RUN_TIMES_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "core/module_tree.h"
#include "core/module_visitor.h"

namespace strata::metrics {

// The middle of many values, and the middle half: a quarter is below `p25`, a
// quarter above `p75`.
struct Spread {
  double median = 0;
  double p25 = 0;
  double p75 = 0;
};

// Times of modules without what runs inside, and by how much they were scaled.
struct OwnTimes {
  std::vector<std::optional<double>> us;  // By module.
  double scale = 1;
};

// Collects visits of timed runs. A run counts once it has ended: what was
// broken off leaves nothing. Times in microseconds.
class RunTimes {
 public:
  explicit RunTimes(int modules) : modules_(modules), open_calls_(modules, 0) {}

  void BeginRun();
  void Enter(const ModuleCall& call);
  void Leave(const ModuleCall& call);
  void EndRun();

  int runs() const { return static_cast<int>(runs_.size()); }
  // Whether all runs called the same modules in the same order.
  bool same_calls() const { return same_calls_; }

  // Of each module with what runs inside of it: of the sums over a run's calls;
  // where runs differ in their calls, the sum over the calls by number, each
  // over the runs that had it. A container that is not called itself has what
  // its modules have. Nothing for a module that never ran.
  std::vector<std::optional<Spread>> Inclusive(const ModuleTree& tree) const;

  // Each module's own time, less the calls inside of it: medians, all scaled by
  // one factor so that they add up to the root's. (Medians of parts do not:
  // whatever disturbs a run disturbs some part of it. The factor is 1.00 on a
  // quiet machine.) Where runs differ in their calls, the medians as they are.
  // `watching_us` is taken off for each call that a module makes.
  OwnTimes Own(double watching_us = 0) const;

  // A run in which nothing was watched took so long.
  void AddUnwatched(double us) { unwatched_us_.push_back(us); }
  // What watching one call costs: by how much the runs' medians differ, shared
  // among the calls. Nothing where that is not known.
  std::optional<double> WatchingCost() const;
  // How many calls run inside of each module's.
  std::vector<int> CallsInside(const ModuleTree& tree) const;

  // Calls in a run; the most of any where runs differ.
  const std::vector<int>& calls() const { return calls_; }

 private:
  // One call that is not inside of another of the same module.
  struct Call {
    int module;
    int number;  // Among such calls of its module, in this run.
    double took_us;
  };
  struct Open {
    int module;
    double begin_us;
    double inside_us;  // What calls inside of it took.
    int calls_made;    // By its own code,
    int calls_inside;  // and by all that it runs.
  };
  struct Run {
    std::vector<Call> calls;
    std::vector<double> own_us;  // By module; -1: it was not called.
    std::vector<int> order;      // Modules as they were entered.
  };

  std::vector<std::optional<double>> OwnMedians() const;
  std::vector<std::optional<Spread>> SumsOfRuns(const ModuleTree& tree) const;
  std::vector<std::optional<Spread>> SumsOfCalls(const ModuleTree& tree) const;

  const int modules_;
  std::vector<int> open_calls_;  // By module: how many are open.
  std::vector<Open> open_;
  Run run_;  // The present one.
  std::vector<int> calls_in_run_;
  std::vector<int> outer_calls_in_run_;
  std::vector<int> calls_;
  std::vector<int> first_order_;
  bool same_calls_ = true;
  std::vector<double> root_us_;  // By run.
  std::vector<double> unwatched_us_;
  // Of the present run, and of the first; by module.
  std::vector<int> made_in_run_, inside_in_run_, calls_made_, calls_inside_;
  std::vector<Run> runs_;
};

}  // namespace strata::metrics

#endif  // STRATA_PLUGINS_METRICS_LATENCY_RUN_TIMES_H_
