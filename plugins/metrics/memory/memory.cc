#include "plugins/metrics/memory/memory.h"

#include <algorithm>
#include <cstdint>
#include <functional>

#include "absl/container/flat_hash_set.h"
#include "absl/types/span.h"
#include "core/distinct_tensors.h"
#include "core/held_amounts.h"

namespace strata::metrics {
namespace {

enum ColumnIndex {
  kParams,
  kBuffers,
  kInputs,
  kActivations,
  kPeak,
  kSaved,
  kGradients,
  kMomentum,
  kAdam,
};

// torch.optim.Adam counts its steps in a float32 for each parameter.
constexpr int64_t kAdamStepBytes = 4;

// The bytes of the tensors, each once. A tensor that shows its memory several
// times over (expanded) takes no more than the memory.
Count BytesOf(absl::Span<const TensorSpec> tensors) {
  Count bytes = 0;
  absl::flat_hash_set<uint64_t> seen;
  for (const TensorSpec& tensor : tensors) {
    if (tensor.storage != 0 && !seen.insert(tensor.storage).second) continue;
    const std::optional<int64_t> shown = tensor.NumBytes();
    if (!shown) return Count::Unknown();
    bytes += tensor.storage_bytes > 0 ? std::min(*shown, tensor.storage_bytes)
                                      : *shown;
  }
  return bytes;
}

Count Larger(Count a, Count b) {
  if (!a.known() || !b.known()) return Count::Unknown();
  return std::max(*a.value(), *b.value());
}

void SetHeld(const ModuleTree& tree, const std::vector<HeldAmount>& amounts,
             const std::vector<Count>& start, int column,
             MetricResults& results) {
  const std::vector<Count> self = FirstHeld(amounts, start);
  const std::vector<Count> total = SubtreeHeld(tree, amounts, start);
  for (int i = 0; i < tree.size(); ++i) {
    results.SetSelf(column, i, self[i]);
    results.SetTotal(column, i, total[i]);
  }
}

}  // namespace

std::vector<MetricColumn> MemoryMetric::columns() const {
  using A = Aggregation;
  constexpr bool kOnRequest = true;
  return {
      {"param_bytes", "Params size", "bytes", A::kMetric},
      {"buffer_bytes", "Buffers size", "bytes", A::kMetric, kOnRequest},
      {"input_bytes", "Input size", "bytes", A::kPeak, kOnRequest},
      {"activation_bytes", "Live at peak", "bytes", A::kSum},
      {"peak_bytes", "Peak", "bytes", A::kPeak},
      {"saved_bytes", "Saved for backward", "bytes", A::kSum},
      {"gradient_bytes", "Gradients", "bytes", A::kMetric, kOnRequest},
      {"momentum_bytes", "Momentum", "bytes", A::kMetric, kOnRequest},
      {"adam_bytes", "Adam", "bytes", A::kMetric, kOnRequest},
  };
}

void MemoryMetric::BeginRun(const ModuleTree& tree, const RunInfo& run) {
  in_training_ = run.gradients;
  if (!in_training_) input_bytes_.assign(tree.size(), 0);
  if (run.watches_memory) {
    (in_training_ ? training_ : inference_).emplace(tree.size());
  }
}

void MemoryMetric::EnterModule(const ModuleCall& call) {
  std::optional<LiveMemory>& live = in_training_ ? training_ : inference_;
  if (live) live->Enter(call.module);
  if (in_training_) return;
  Count& most = input_bytes_[call.module];
  most = Larger(most, BytesOf(call.inputs));
}

void MemoryMetric::LeaveModule(const ModuleCall& /*call*/) {
  std::optional<LiveMemory>& live = in_training_ ? training_ : inference_;
  if (live) live->Leave();
}

void MemoryMetric::VisitMemory(const MemoryEvent& event) {
  std::optional<LiveMemory>& live = in_training_ ? training_ : inference_;
  if (live) live->See(event);
}

void MemoryMetric::EndRun() {
  if (in_training_ && training_) saved_ = training_->MadeNow();
}

absl::Status MemoryMetric::Collect(const ModuleTree& tree,
                                   MetricResults& results) {
  CollectParameters(tree, results);
  CollectOptimizer(tree, results);
  CollectRuns(tree, results);
  return absl::OkStatus();
}

void MemoryMetric::CollectParameters(const ModuleTree& tree,
                                     MetricResults& results) const {
  SetHeld(tree, HeldBytes(tree, &Module::parameters), OfUnlisted(tree), kParams,
          results);
  SetHeld(tree, HeldBytes(tree, &Module::buffers),
          std::vector<Count>(tree.size(), 0), kBuffers, results);
}

void MemoryMetric::CollectOptimizer(const ModuleTree& tree,
                                    MetricResults& results) const {
  std::vector<HeldAmount> gradients;
  std::vector<HeldAmount> adam;
  for (const DistinctTensor& tensor :
       FindDistinctTensors(tree, &Module::parameters)) {
    if (!tensor.info->trainable) continue;
    const std::optional<int64_t> bytes = tensor.info->tensor.NumBytes();
    const Count one = bytes ? Count(*bytes) : Count::Unknown();
    gradients.push_back({one, tensor.holders});
    adam.push_back({one * 2 + kAdamStepBytes, tensor.holders});
  }
  const std::vector<Count> start = OfUnlisted(tree);
  SetHeld(tree, gradients, start, kGradients, results);
  SetHeld(tree, gradients, start, kMomentum, results);
  SetHeld(tree, adam, start, kAdam, results);
  results.SetModelTotal("sgd_bytes", 0);
}

void MemoryMetric::CollectRuns(const ModuleTree& tree,
                               MetricResults& results) const {
  for (int i = 0; i < tree.size(); ++i) {
    results.SetTotal(kInputs, i, input_bytes_[i]);
  }
  if (inference_) {
    const std::vector<Count> made = inference_->MadeAtPeak();
    const std::vector<Count> peaks = inference_->PeaksWhileRunning(tree);
    for (int i = 0; i < tree.size(); ++i) {
      results.SetSelf(kActivations, i, made[i]);
      results.SetTotal(kPeak, i, peaks[i]);
    }
    if (inference_->peak().known()) {
      results.SetModelTotal("activation_peak_layer", inference_->peak_module());
    }
  } else {
    results.Warn(
        "memory of activations is unknown: the model's source cannot "
        "tell what its operators allocate");
  }
  if (saved_) {
    for (int i = 0; i < tree.size(); ++i) {
      results.SetSelf(kSaved, i, (*saved_)[i]);
    }
  }
}

}  // namespace strata::metrics
