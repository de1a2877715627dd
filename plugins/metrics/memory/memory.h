// The metric `memory`: what a model takes, at rest, in inference, in training.

#ifndef STRATA_PLUGINS_METRICS_MEMORY_MEMORY_H_
#define STRATA_PLUGINS_METRICS_MEMORY_MEMORY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/metric.h"
#include "plugins/metrics/memory/batch_search.h"
#include "plugins/metrics/memory/live_memory.h"
#include "plugins/metrics/memory/run_record.h"

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
//   predicted_allocated_bytes  the most that would be allocated on a device of
//                     its own, while it runs: device_replay.h.
// The run's inputs are in input_bytes and the last, and in no other. Model
// totals: one for each column, sgd_bytes (0: plain SGD keeps nothing),
// activation_peak_layer (the layer that was running at the highest point),
// predicted_reserved_bytes, both predictions for a step of training
// (predicted_sgd_allocated_bytes, predicted_momentum_…, predicted_adam_…), and
// with a limit of memory max_batch and memory_limit_bytes.
class MemoryMetric : public Metric {
 public:
  std::vector<MetricColumn> columns() const override;
  MetricNeeds needs() const override { return MetricNeeds::kMemory; }
  bool needs_training_run() const override { return true; }
  std::optional<int64_t> next_batch() override;

  void BeginRun(const ModuleTree& tree, const RunInfo& run) override;
  void EnterModule(const ModuleCall& call) override;
  void LeaveModule(const ModuleCall& call) override;
  void VisitOp(const OpCall& op) override;
  void VisitMemory(const MemoryEvent& event) override;
  void EndRun() override;
  absl::Status Collect(const ModuleTree& tree, MetricResults& results) override;

 private:
  enum class Phase { kInference, kTraining, kBatch };

  void BeginPrediction(const ModuleTree& tree, const RunInfo& run);
  void EndPrediction();
  void CollectParameters(const ModuleTree& tree, MetricResults& results) const;
  void CollectOptimizer(const ModuleTree& tree, MetricResults& results) const;
  void CollectRuns(const ModuleTree& tree, MetricResults& results) const;
  void CollectPredictions(const ModuleTree& tree, MetricResults& results) const;
  void CollectBatch(MetricResults& results) const;

  Phase phase_ = Phase::kInference;
  std::vector<Count> input_bytes_;       // By module.
  std::optional<LiveMemory> inference_;  // Unset: memory was not watched.
  std::optional<LiveMemory> training_;
  std::optional<std::vector<Count>> saved_;  // Set when training has ended.

  // Bytes of parameters and buffers, as they come to a device; unset: some are
  // not known. Of the parameters that have gradients.
  std::optional<std::vector<int64_t>> held_;
  std::vector<int64_t> gradients_;
  RunRecord record_;                        // Of the present run.
  std::optional<RunRecord> inference_run_;  // Set when it has ended.
  std::optional<RunRecord> training_run_;
  std::string device_;
  int64_t limit_ = 0;  // 0: none.
  int64_t batch_ = 0;  // Of the present run; 0: not known.
  bool was_asked_ = false;
  int64_t refused_batch_ = 0;  // Whose run failed; 0: none.
  std::optional<BatchSearch> search_;
};

}  // namespace strata::metrics

#endif  // STRATA_PLUGINS_METRICS_MEMORY_MEMORY_H_
