// A number about each module: the interface of a metric plugin.

#ifndef STRATA_CORE_METRIC_H_
#define STRATA_CORE_METRIC_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/count.h"
#include "core/module_visitor.h"

namespace strata {

// How a module's total comes from its subtree.
enum class Aggregation {
  kSum,     // The sum of the `self` values: the kernel adds them up.
  kMetric,  // The metric gives each total itself (SetTotal).
  // As kMetric, and each total is a highest point: there are no `self` values,
  // since highest points do not add up.
  kPeak,
};

// One column of a metric. The id is permanent: other meaning, other id.
struct MetricColumn {
  std::string id;     // "macs": lower case, unique among all metrics.
  std::string title;  // "MACs": the column's head.
  std::string unit;   // "" for plain counts, "bytes", "us".
  Aggregation aggregation = Aggregation::kSum;
  bool on_request = false;  // Shown only where its id is asked for.
};

// What a metric must be shown before it can answer.
enum class MetricNeeds {
  kStructure,  // The module tree alone; no run.
  kModules,    // A run: modules entered and left, with shapes.
  kOperators,  // A run with every operator.
  kMemory,     // A run with every operator and every allocation.
};

// Where a metric puts what it found. Values that are not set are unknown, and
// so is an unknown Count; a 0 is a claim. Owned by the kernel.
class MetricResults {
 public:
  MetricResults(int columns, int modules)
      : self_(columns, std::vector<Count>(modules, Count::Unknown())),
        total_(self_) {}

  // What the module costs less its children. `column` is an index in columns().
  void SetSelf(int column, int module, Count value) {
    self_[column][module] = value;
  }
  // The module's whole subtree; not for Aggregation::kSum.
  void SetTotal(int column, int module, Count value) {
    total_[column][module] = value;
  }
  // A figure of the model as a whole, in `totals` of the summary.
  void SetModelTotal(absl::string_view name, Count value) {
    model_totals_.insert_or_assign(name, value);
  }
  // A sentence for the summary's warnings.
  void Warn(std::string warning) { warnings_.push_back(std::move(warning)); }

  const std::vector<Count>& self(int column) const { return self_[column]; }
  std::vector<Count>& total(int column) { return total_[column]; }
  const absl::flat_hash_map<std::string, Count>& model_totals() const {
    return model_totals_;
  }
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  std::vector<std::vector<Count>> self_;   // [column][module]
  std::vector<std::vector<Count>> total_;  // [column][module]
  absl::flat_hash_map<std::string, Count> model_totals_;
  std::vector<std::string> warnings_;
};

// Watches one run and says what each module costs. Made anew for each summary,
// used by one thread.
class Metric : public ModuleVisitor {
 public:
  // Its columns, the same at each call; at least one.
  virtual std::vector<MetricColumn> columns() const = 0;

  virtual MetricNeeds needs() const = 0;

  // Whether it wants to see a forward pass as in training, too: after the run
  // that the user asked for comes a second one in train mode, with gradients,
  // between a BeginRun and an EndRun of its own. Where that one fails its
  // EndRun is not called, and a warning says why.
  virtual bool needs_training_run() const { return false; }

  // Called once: after the runs where it needs them, else after BeginRun alone.
  // Where the run failed it is called only if the user wants what there was
  // until then: EndRun was not called, and modules are left open.
  virtual absl::Status Collect(const ModuleTree& tree,
                               MetricResults& results) = 0;
};

}  // namespace strata

#endif  // STRATA_CORE_METRIC_H_
