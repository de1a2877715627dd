// A run as a sequence that can be played again.

#ifndef STRATA_PLUGINS_METRICS_MEMORY_RUN_RECORD_H_
#define STRATA_PLUGINS_METRICS_MEMORY_RUN_RECORD_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "core/module_tree.h"
#include "core/module_visitor.h"

namespace strata::metrics {

// One thing that happened.
struct RunEvent {
  enum Kind { kAllocate, kFree, kEnter, kLeave };
  Kind kind;
  int index;   // Of a block, or of a module.
  int module;  // That was running.
};

// One operator that a module's code called, as the backward pass sees it.
// Numbers are blocks; lists are sorted, and have each once.
struct RecordedOp {
  std::vector<int> reads;
  std::vector<int> made;        // Allocated while it ran, and told.
  std::vector<int> gives;       // Those of `made` that it gave back.
  std::vector<int> parameters;  // Indices in RunRecord's `trainable`.
  int writes = -1;              // The block that it changes in place.
  bool hands_on = false;        // The gradient of what it gives is that of
                                // what it reads: a sum.
  bool keeps_result = false;    // Its backward needs what it gave.
};

// What a run allocated and freed, in order; with operators also who read what.
class RunRecord {
 public:
  // `trainable`: parameters that have gradients, by storage and offset.
  using ParameterKey = std::pair<uint64_t, int64_t>;
  using Trainable = absl::flat_hash_map<ParameterKey, int>;

  RunRecord() = default;
  explicit RunRecord(Trainable trainable)
      : trainable_(std::move(trainable)), with_ops_(true) {}

  void Enter(const ModuleCall& call);
  void Leave(const ModuleCall& call);
  void See(const MemoryEvent& event);
  void SeeOp(const OpCall& op);

  const std::vector<RunEvent>& events() const { return events_; }
  const std::vector<RecordedOp>& ops() const { return ops_; }
  // By block.
  int64_t bytes(int block) const { return bytes_[block]; }
  int blocks() const { return static_cast<int>(bytes_.size()); }
  // Whether a gradient flows to it.
  bool has_gradient(int block) const { return has_gradient_[block]; }
  // What the run was given, and what it gave, sorted.
  const std::vector<int64_t>& input_bytes() const { return input_bytes_; }
  const std::vector<int>& outputs() const { return outputs_; }

 private:
  int BlockOf(const TensorSpec& tensor) const;
  void Read(const TensorSpec& tensor, RecordedOp& op, bool& needs_gradient);

  Trainable trainable_;
  bool with_ops_ = false;
  std::vector<RunEvent> events_;
  std::vector<RecordedOp> ops_;
  std::vector<int64_t> bytes_;
  std::vector<bool> has_gradient_;
  std::vector<int64_t> input_bytes_;
  std::vector<int> outputs_;
  bool has_inputs_ = false;
  bool has_left_ = false;  // The root, which is called once.
  int open_ = 0;
  std::vector<int> made_;                      // Since the last operator.
  absl::flat_hash_map<uint64_t, int> living_;  // Blocks by storage.
};

}  // namespace strata::metrics

#endif  // STRATA_PLUGINS_METRICS_MEMORY_RUN_RECORD_H_
