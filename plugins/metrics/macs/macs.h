// The metric `macs`: multiply-accumulates of every convolution and matrix
// product that ran.

#ifndef STRATA_PLUGINS_METRICS_MACS_MACS_H_
#define STRATA_PLUGINS_METRICS_MACS_MACS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "core/metric.h"

namespace strata::metrics {

// Operators nest (aten::conv2d calls aten::convolution, which calls a backend's
// kernel), and each level is visited. The outermost one that has a formula is
// counted, and what ran inside it is not: so a fused kernel counts by its own
// formula and a composite operator without one by what it calls.
class MacsMetric : public Metric {
 public:
  std::vector<MetricColumn> columns() const override;
  MetricNeeds needs() const override { return MetricNeeds::kOperators; }
  void BeginRun(const ModuleTree& tree, const RunInfo& run) override;
  void VisitOp(const OpCall& op) override;
  absl::Status Collect(const ModuleTree& tree, MetricResults& results) override;

 private:
  // An operator that may do arithmetic that is not counted.
  struct Doubtful {
    std::string what;
    int module;
  };

  // What the operators that have ended at one nesting add up to, until the one
  // around them ends.
  struct Level {
    Count macs = 0;
    bool counted = false;    // One of them has a formula.
    bool explained = false;  // One of them does arithmetic that is known.
    std::vector<Doubtful> doubts;
  };

  struct Seen {
    int count;
    int module;  // The first one.
  };

  // What an operator's name says of it: see formulas.h.
  struct Known {
    bool arithmetic;
    bool element_wise;
    bool free;
  };

  static bool IsDoubtful(const OpCall& op, const Known& known,
                         const Level& inner);
  static void Doubt(const OpCall& op, absl::string_view why, Level& level);
  void Commit(int module);
  const Known& KnownOf(absl::string_view name);

  std::vector<Level> levels_;  // By nesting.
  std::vector<Count> self_;    // By module.
  std::map<std::string, Seen> doubts_;
  // By name: a model calls few operators, and each very often.
  absl::flat_hash_map<std::string, Known> known_;
};

}  // namespace strata::metrics

#endif  // STRATA_PLUGINS_METRICS_MACS_MACS_H_
