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
  // Its values are measured or worked out, and no counts: 12.7 us. What is
  // negative, infinite or no number can be told, but the last two are unknown.
  bool is_real = false;
};

// What a metric must be shown before it can answer.
enum class MetricNeeds {
  kStructure,  // The module tree alone; no run.
  kModules,    // A run: modules entered and left, with shapes.
  kOperators,  // A run with every operator.
  kMemory,     // A run with every operator and every allocation.
  // Timed runs, and no other: see RunInfo::timed. They are repeated until the
  // figures are steady, on a device that computes.
  kTimed,
};

// What a metric found in one column, by module. Those of an is_real column are
// in the second pair.
struct ColumnValues {
  std::vector<Count> self, total;
  std::vector<std::optional<double>> real_self, real_total;
};

// Where a metric puts what it found. Values that are not set are unknown, and
// so is an unknown Count; a 0 is a claim. Owned by the kernel.
class MetricResults {
 public:
  MetricResults(int columns, int modules)
      : columns_(columns,
                 ColumnValues{std::vector<Count>(modules, Count::Unknown()),
                              std::vector<Count>(modules, Count::Unknown()),
                              std::vector<std::optional<double>>(modules),
                              std::vector<std::optional<double>>(modules)}) {}

  // What the module costs less its children. `column` is an index in columns().
  void SetSelf(int column, int module, Count value) {
    columns_[column].self[module] = value;
  }
  // The module's whole subtree; not for Aggregation::kSum.
  void SetTotal(int column, int module, Count value) {
    columns_[column].total[module] = value;
  }
  // The same in a column that is_real.
  void SetRealSelf(int column, int module, double value) {
    columns_[column].real_self[module] = value;
  }
  void SetRealTotal(int column, int module, double value) {
    columns_[column].real_total[module] = value;
  }
  // A figure of the model as a whole, in `totals` of the summary.
  void SetModelTotal(absl::string_view name, Count value) {
    model_totals_.insert_or_assign(name, value);
  }
  // A sentence for the summary's warnings.
  void Warn(std::string warning) { warnings_.push_back(std::move(warning)); }
  // It has nothing to say here, and why ("no CUDA device"): a warning, and its
  // columns are shown only where they are asked for.
  void LeaveOut(std::string why) { left_out_ = std::move(why); }

  // What another metric found: the column of this id, of a metric that the
  // plugin's descriptor says it uses. Null: that one failed or did not run.
  const ColumnValues* Other(absl::string_view id) const {
    const auto found = others_.find(id);
    return found == others_.end() ? nullptr : found->second;
  }
  // For the kernel and for tests. `values` must outlive this.
  void SetOther(absl::string_view id, const ColumnValues* values) {
    others_.insert_or_assign(id, values);
  }

  ColumnValues& column(int index) { return columns_[index]; }
  const std::vector<Count>& self(int column) const {
    return columns_[column].self;
  }
  std::vector<Count>& total(int column) { return columns_[column].total; }
  const absl::flat_hash_map<std::string, Count>& model_totals() const {
    return model_totals_;
  }
  const std::vector<std::string>& warnings() const { return warnings_; }
  const std::string& left_out() const { return left_out_; }

 private:
  std::vector<ColumnValues> columns_;
  absl::flat_hash_map<std::string, Count> model_totals_;
  std::vector<std::string> warnings_;
  std::string left_out_;
  absl::flat_hash_map<std::string, const ColumnValues*> others_;
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

  // Asked after each run: of what batch size it wants to see one more run as
  // the user asked for, between a BeginRun and an EndRun of its own
  // (RunInfo::batch). Where that one fails its EndRun is not called. Nothing:
  // it has seen enough. Not asked where the user's inputs are not made by us.
  virtual std::optional<int64_t> next_batch() { return std::nullopt; }

  // Called once: after the runs where it needs them, else after BeginRun alone.
  // Where the run failed it is called only if the user wants what there was
  // until then: EndRun was not called, and modules are left open.
  virtual absl::Status Collect(const ModuleTree& tree,
                               MetricResults& results) = 0;
};

}  // namespace strata

#endif  // STRATA_CORE_METRIC_H_
