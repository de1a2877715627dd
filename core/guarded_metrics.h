// Tells several metrics of one run, and stands between them and the kernel.

#ifndef STRATA_CORE_GUARDED_METRICS_H_
#define STRATA_CORE_GUARDED_METRICS_H_

#include <atomic>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/metric.h"
#include "core/module_visitor.h"
#include "core/summary_builder.h"

namespace strata {

// Passes each visit on to the summary's own record and to every metric that
// needs it. A metric that raises costs its own columns and no other's: it is
// asked nothing more, and the summary's warnings say why.
class GuardedMetrics : public ModuleVisitor {
 public:
  explicit GuardedMetrics(SummaryBuilder* builder) : builder_(builder) {}

  // `metric` must outlive this.
  void Add(std::string name, Metric* metric, MetricNeeds needs);

  void BeginRun(const ModuleTree& tree, const RunInfo& run) override;
  void EnterModule(const ModuleCall& call) override;
  void LeaveModule(const ModuleCall& call) override;
  void VisitOp(const OpCall& op) override;
  void VisitMemory(const MemoryEvent& event) override;
  void EndRun() override;

  // From here on only the metrics that need a training run are told, and the
  // summary's record is left as it is. False: there are none.
  bool BeginTraining();
  // The training run failed: the metrics that wanted it go without.
  void FailTraining(absl::string_view why);

  // The innermost module that is running, -1 for none. Any thread may ask.
  int running() const { return running_.load(std::memory_order_relaxed); }

  // Gives what the metrics found to the summary.
  void Collect(const ModuleTree& tree, SummaryBuilder& builder);

 private:
  struct Guarded {
    std::string name;
    Metric* metric;
    MetricNeeds needs;
    bool failed = false;
    bool is_told = true;  // Of the present run.
  };

  void Fail(Guarded& guarded, absl::string_view why);

  template <typename Visit>
  void ForEach(MetricNeeds needs, Visit visit);

  SummaryBuilder* builder_;
  std::vector<Guarded> metrics_;
  bool in_training_ = false;
  std::vector<int> open_;  // The modules that are running.
  std::atomic<int> running_ = -1;
};

}  // namespace strata

#endif  // STRATA_CORE_GUARDED_METRICS_H_
