// Puts a Summary together: the module tree, the calls of a run, the metrics.

#ifndef STRATA_CORE_SUMMARY_BUILDER_H_
#define STRATA_CORE_SUMMARY_BUILDER_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "core/data_flow.h"
#include "core/metric.h"
#include "core/module_tree.h"
#include "core/module_visitor.h"
#include "core/summary.pb.h"

namespace strata {

// Watches the run for the calls and their shapes. Used once.
class SummaryBuilder : public ModuleVisitor {
 public:
  // In `summary`, which is emptied. Both references must outlive it.
  SummaryBuilder(const ModuleTree& tree, ModelInfo info, Summary& summary);
  // In a summary of its own, which Build gives away.
  SummaryBuilder(const ModuleTree& tree, ModelInfo info)
      : SummaryBuilder(tree, std::move(info), own_) {}

  // Before the run: its operators will be told, so that the data flow is known.
  void WatchDataFlow() { data_flow_.emplace(); }

  void BeginRun(const ModuleTree& tree, const RunInfo& run) override;
  void EnterModule(const ModuleCall& call) override;
  void LeaveModule(const ModuleCall& call) override;
  void VisitOp(const OpCall& op) override;

  // How the timed runs went.
  void SetTiming(Timing timing);

  // Of these modules the calls were worked out: Model::inferred_modules.
  void SetInferred(const std::vector<int>& modules) {
    inferred_.insert(modules.begin(), modules.end());
  }

  // The run failed, and what there was until then is wanted.
  void SetIncomplete(const std::string& error);

  // Fills in the totals of columns that sum: each is the sum of the subtree's
  // `self` values, and unknown when one of them is.
  void SumTotals(const std::vector<MetricColumn>& columns,
                 MetricResults& results) const;

  // Adds a metric's columns; fills in totals as SumTotals does.
  // Values that are infinite or no number are unknown, with a warning. With
  // `on_request` no column is shown that is not asked for.
  void AddMetric(const std::string& name,
                 const std::vector<MetricColumn>& columns,
                 MetricResults& results, bool on_request = false);

  // A warning that is already there is not repeated.
  void Warn(const std::string& warning);

  const std::string& file() const { return summary_.model().file(); }
  bool ran() const { return ran_; }  // Whether a run has begun.

  // Nothing more comes.
  void Finish();
  Summary Build() {
    Finish();
    return std::move(summary_);
  }

 private:
  void AddLayers();
  void AddFlags();
  void AddCounts(const MetricColumn& column, ColumnValues& values);
  void AddReals(const std::string& metric, const MetricColumn& column,
                ColumnValues& values);

  const ModuleTree& tree_;
  bool ran_ = false;
  std::optional<DataFlow> data_flow_;
  std::vector<Call*> open_calls_;  // Owned by summary_.
  absl::flat_hash_set<std::string> warned_;
  absl::flat_hash_set<int> inferred_;
  Summary own_;
  Summary& summary_;
};

}  // namespace strata

#endif  // STRATA_CORE_SUMMARY_BUILDER_H_
