// Tells several metrics of one run, and stands between them and the kernel.

#ifndef STRATA_CORE_GUARDED_METRICS_H_
#define STRATA_CORE_GUARDED_METRICS_H_

#include <atomic>
#include <cstdint>
#include <optional>
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

  // `metric` must outlive this. `uses`: names of others of these, whose values
  // it is collected after and given. With `on_request` its columns are shown
  // only where they are asked for.
  void Add(std::string name, Metric* metric, MetricNeeds needs,
           std::vector<std::string> uses = {}, bool on_request = false);

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

  // From here on only the metrics that need timed runs are told, and nobody
  // before. False: there are none.
  bool BeginTimed();

  // Asks the metrics, one after another, of what batch they want to see a run;
  // from here on only the one that does is told. Nothing: none wants any more.
  std::optional<int64_t> BeginBatch();
  // That run failed: the metric goes without.
  void FailBatch(int64_t batch, absl::string_view why);

  // The innermost module that is running, -1 for none. Any thread may ask.
  int running() const { return running_.load(std::memory_order_relaxed); }

  // Gives what the metrics found to the summary.
  void Collect(const ModuleTree& tree, SummaryBuilder& builder);

 private:
  struct Guarded {
    std::string name;
    std::string label;  // "metric 'macs'"
    Metric* metric;
    MetricNeeds needs;
    std::vector<std::string> uses;
    bool on_request = false;
    bool failed = false;
    bool is_told = true;  // Of the present run.
    int batches = 0;      // Runs with batches that it has wanted.
    std::vector<MetricColumn> columns;
    MetricResults results{0, 0};
  };

  void Fail(Guarded& guarded, absl::string_view why);
  Guarded* Find(absl::string_view name);
  std::vector<Guarded*> InOrderOfUse();
  void Collect(const ModuleTree& tree, Guarded& guarded);

  template <typename Visit>
  void ForEach(MetricNeeds needs, Visit visit);

  SummaryBuilder* builder_;
  std::vector<Guarded> metrics_;
  bool is_first_ = true;   // The run that the user asked for.
  std::vector<int> open_;  // The modules that are running.
  std::atomic<int> running_ = -1;
};

}  // namespace strata

#endif  // STRATA_CORE_GUARDED_METRICS_H_
