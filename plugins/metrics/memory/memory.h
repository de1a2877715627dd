// The metric `memory`: what a model takes, at rest, in inference, in training.

#ifndef STRATA_PLUGINS_METRICS_MEMORY_MEMORY_H_
#define STRATA_PLUGINS_METRICS_MEMORY_MEMORY_H_

#include <optional>
#include <vector>

#include "core/metric.h"
#include "plugins/metrics/memory/live_memory.h"

namespace strata::metrics {

// Bytes. Columns:
//   param_bytes, buffer_bytes  as core/held_amounts.h counts;
//   input_bytes       the most that one call of the module was given;
//   activation_bytes  what of the live memory at the highest point of the run
//                     the module made: adds up to that highest point;
//   peak_bytes        the most that was live, whoever made it, while it ran;
//   saved_bytes       what autograd keeps of its operators for the backward
//                     pass, in a forward pass in train mode with gradients;
//   gradient_bytes    of the trainable parameters: as large as they are;
//   momentum_bytes    state of torch.optim.SGD with momentum: one buffer as
//                     large as each (torch/optim/sgd.py);
//   adam_bytes        state of torch.optim.Adam: exp_avg and exp_avg_sq as
//   large
//                     as each, and a step of one float32
//                     (torch/optim/adam.py, without amsgrad).
// The run's inputs are in input_bytes and in no other. Model totals: one for
// each column, sgd_bytes (0: plain SGD keeps nothing), activation_peak_layer
// (the layer that was running at the highest point).
class MemoryMetric : public Metric {
 public:
  std::vector<MetricColumn> columns() const override;
  MetricNeeds needs() const override { return MetricNeeds::kMemory; }
  bool needs_training_run() const override { return true; }

  void BeginRun(const ModuleTree& tree, const RunInfo& run) override;
  void EnterModule(const ModuleCall& call) override;
  void LeaveModule(const ModuleCall& call) override;
  void VisitMemory(const MemoryEvent& event) override;
  void EndRun() override;
  absl::Status Collect(const ModuleTree& tree, MetricResults& results) override;

 private:
  void CollectParameters(const ModuleTree& tree, MetricResults& results) const;
  void CollectOptimizer(const ModuleTree& tree, MetricResults& results) const;
  void CollectRuns(const ModuleTree& tree, MetricResults& results) const;

  bool in_training_ = false;
  std::vector<Count> input_bytes_;       // By module.
  std::optional<LiveMemory> inference_;  // Unset: memory was not watched.
  std::optional<LiveMemory> training_;
  std::optional<std::vector<Count>> saved_;  // Set when training has ended.
};

}  // namespace strata::metrics

#endif  // STRATA_PLUGINS_METRICS_MEMORY_MEMORY_H_
