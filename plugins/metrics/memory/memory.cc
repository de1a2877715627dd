#include "plugins/metrics/memory/memory.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/distinct_tensors.h"
#include "core/held_amounts.h"
#include "core/model.h"
#include "plugins/metrics/memory/device_replay.h"
#include "plugins/metrics/memory/moved_model.h"

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
  kPredicted,
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
      {"predicted_allocated_bytes", "On a device", "bytes", A::kPeak,
       kOnRequest},
  };
}

void MemoryMetric::BeginRun(const ModuleTree& tree, const RunInfo& run) {
  phase_ = run.batch != 0  ? Phase::kBatch
           : run.gradients ? Phase::kTraining
                           : Phase::kInference;
  BeginPrediction(tree, run);
  if (phase_ == Phase::kBatch) return;
  const bool in_training = phase_ == Phase::kTraining;
  if (!in_training) input_bytes_.assign(tree.size(), 0);
  if (run.watches_memory) {
    (in_training ? training_ : inference_).emplace(tree.size());
  }
}

void MemoryMetric::BeginPrediction(const ModuleTree& tree, const RunInfo& run) {
  batch_ = run.batch;
  record_ = RunRecord();
  if (phase_ == Phase::kBatch) {
    refused_batch_ = batch_;  // Until it has ended.
    return;
  }
  if (phase_ == Phase::kInference) {
    held_ = MovedToDevice(tree);
    device_ = run.watches_memory ? run.device : "";
    limit_ = run.memory_limit_bytes;
    return;
  }
  TrainableParameters trainable = FindTrainable(tree);
  gradients_ = std::move(trainable.bytes);
  record_ = RunRecord(std::move(trainable.places));
}

void MemoryMetric::EnterModule(const ModuleCall& call) {
  if (batch_ == 0 && call.module == 0 && !call.inputs.empty() &&
      call.inputs[0].shape.size() > 0) {
    batch_ = call.inputs[0].shape[0];
  }
  record_.Enter(call);
  if (phase_ == Phase::kBatch) return;
  const bool in_training = phase_ == Phase::kTraining;
  std::optional<LiveMemory>& live = in_training ? training_ : inference_;
  if (live) live->Enter(call.module);
  if (in_training) return;
  Count& most = input_bytes_[call.module];
  most = Larger(most, BytesOf(call.inputs));
}

void MemoryMetric::LeaveModule(const ModuleCall& call) {
  record_.Leave(call);
  if (phase_ == Phase::kInference && inference_) inference_->Leave();
  if (phase_ == Phase::kTraining && training_) training_->Leave();
}

void MemoryMetric::VisitOp(const OpCall& op) { record_.SeeOp(op); }

void MemoryMetric::VisitMemory(const MemoryEvent& event) {
  record_.See(event);
  if (phase_ == Phase::kInference && inference_) inference_->See(event);
  if (phase_ == Phase::kTraining && training_) training_->See(event);
}

void MemoryMetric::EndRun() {
  if (phase_ == Phase::kTraining && training_) saved_ = training_->MadeNow();
  EndPrediction();
}

void MemoryMetric::EndPrediction() {
  if (phase_ == Phase::kTraining) {
    training_run_ = std::move(record_);
    return;
  }
  if (held_ && limit_ > 0 && batch_ > 0 && device_ == kShapeDevice) {
    if (!search_) search_.emplace(limit_);
    const DevicePeaks peaks = ReplayInference(*held_, record_);
    // What 64 bits cannot say fits nowhere.
    search_->Add(batch_, peaks.reserved.value().value_or(INT64_MAX),
                 peaks.allocated.value().value_or(INT64_MAX));
  }
  refused_batch_ = 0;
  if (phase_ == Phase::kInference && !device_.empty()) {
    inference_run_ = std::move(record_);
  }
}

std::optional<int64_t> MemoryMetric::next_batch() {
  was_asked_ = true;
  if (!search_ || refused_batch_ != 0) return std::nullopt;
  return search_->Next();
}

absl::Status MemoryMetric::Collect(const ModuleTree& tree,
                                   MetricResults& results) {
  CollectParameters(tree, results);
  CollectOptimizer(tree, results);
  CollectRuns(tree, results);
  CollectPredictions(tree, results);
  if (limit_ > 0) CollectBatch(results);
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

void MemoryMetric::CollectPredictions(const ModuleTree& tree,
                                      MetricResults& results) const {
  if (!held_ || !inference_run_) return;
  const std::vector<Count> peaks =
      ReplayByModule(*held_, *inference_run_, tree);
  for (int i = 0; i < tree.size(); ++i) {
    results.SetTotal(kPredicted, i, peaks[i]);
  }
  const DevicePeaks inference = ReplayInference(*held_, *inference_run_);
  results.SetModelTotal("predicted_allocated_bytes", inference.allocated);
  results.SetModelTotal("predicted_reserved_bytes", inference.reserved);
  if (!training_run_) return;
  for (const auto& [name, optimizer] :
       std::vector<std::pair<std::string, OptimizerMemory>>{
           {"sgd", kSgdMemory},
           {"momentum", kMomentumMemory},
           {"adam", kAdamMemory}}) {
    const DevicePeaks training =
        ReplayTraining(*held_, gradients_, *training_run_, optimizer);
    const std::string prefix = absl::StrCat("predicted_", name);
    results.SetModelTotal(prefix + "_allocated_bytes", training.allocated);
    results.SetModelTotal(prefix + "_reserved_bytes", training.reserved);
  }
}

void MemoryMetric::CollectBatch(MetricResults& results) const {
  results.SetModelTotal("memory_limit_bytes", limit_);
  if (search_ && search_->result()) {
    results.SetModelTotal("max_batch", *search_->result());
    return;
  }
  std::string why;
  if (device_ != kShapeDevice) {
    why = "it is looked for on the device 'shape' only";
  } else if (!held_) {
    why = "parameters are hidden";
  } else if (!was_asked_) {
    why = "it is looked for where sizes of inputs are given, not the inputs";
  } else if (batch_ == 0) {
    why = "the first input has no dimensions";
  } else if (refused_batch_ != 0) {
    why = absl::StrCat("a run with a batch of ", refused_batch_, " failed");
  } else if (search_ && search_->does_not_grow()) {
    why = "the memory that the model needs does not grow with it";
  } else {
    why = absl::StrCat("it is beyond ", BatchSearch::kLargest);
  }
  results.Warn(absl::StrCat("the biggest batch that fits is unknown: ", why));
}

}  // namespace strata::metrics
