#include "plugins/metrics/memory/run_record.h"

#include <algorithm>
#include <variant>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace strata::metrics {
namespace {

// Sorts, and keeps each once.
void Unite(std::vector<int>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

bool Contains(const std::vector<int>& sorted, int value) {
  return std::binary_search(sorted.begin(), sorted.end(), value);
}

// tools/autograd/derivatives.yaml: the gradient goes on as it is, or as views
// of it.
bool HandsOn(absl::string_view op) {
  static const auto* const names = new absl::flat_hash_set<absl::string_view>(
      {"aten::add", "aten::add_", "aten::cat", "aten::concat", "aten::stack",
       "aten::clone", "aten::sum", "aten::mean"});
  return names->contains(op);
}

// There, too: formulas that use `result`.
bool KeepsResult(absl::string_view op) {
  static const auto* const names = new absl::flat_hash_set<absl::string_view>(
      {"aten::relu", "aten::sigmoid", "aten::tanh", "aten::softmax",
       "aten::log_softmax", "aten::exp", "aten::sqrt", "aten::rsqrt",
       "aten::reciprocal", "aten::elu", "aten::hardtanh",
       "aten::scaled_dot_product_attention", "aten::lstm", "aten::gru"});
  if (absl::EndsWith(op, "_")) op.remove_suffix(1);
  return names->contains(op);
}

bool IsFloating(DType dtype) {
  switch (dtype) {
    case DType::kFloat16:
    case DType::kBFloat16:
    case DType::kFloat32:
    case DType::kFloat64:
    case DType::kComplex64:
    case DType::kComplex128:
      return true;
    default:
      return false;
  }
}

}  // namespace

int RunRecord::BlockOf(const TensorSpec& tensor) const {
  const auto found = living_.find(tensor.storage);
  return tensor.storage == 0 || found == living_.end() ? -1 : found->second;
}

void RunRecord::Enter(const ModuleCall& call) {
  events_.push_back({RunEvent::kEnter, call.module, call.module});
  ++open_;
  if (std::exchange(has_inputs_, true)) return;
  absl::flat_hash_set<uint64_t> seen;
  for (const TensorSpec& input : call.inputs) {
    if (input.storage != 0 && !seen.insert(input.storage).second) continue;
    input_bytes_.push_back(input.NumBytes().value_or(0));
  }
}

void RunRecord::Leave(const ModuleCall& call) {
  events_.push_back({RunEvent::kLeave, call.module, call.module});
  if (--open_ > 0) return;
  has_left_ = true;
  for (const TensorSpec& output : call.outputs) {
    const int block = BlockOf(output);
    if (block >= 0) outputs_.push_back(block);
  }
  Unite(outputs_);
}

void RunRecord::See(const MemoryEvent& event) {
  const auto found = living_.find(event.storage);
  if (found != living_.end()) {
    const int block = found->second;
    living_.erase(found);
    // Who called the model has what it gave.
    const bool is_held = has_left_ && Contains(outputs_, block);
    if (!is_held) events_.push_back({RunEvent::kFree, block, event.module});
  }
  if (!event.allocated || event.bytes <= 0) return;
  const int block = blocks();
  bytes_.push_back(event.bytes);
  has_gradient_.push_back(false);
  living_.emplace(event.storage, block);
  events_.push_back({RunEvent::kAllocate, block, event.module});
  if (with_ops_) made_.push_back(block);
}

void RunRecord::Read(const TensorSpec& tensor, RecordedOp& op,
                     bool& needs_gradient) {
  const int block = BlockOf(tensor);
  if (block >= 0) {
    op.reads.push_back(block);
    needs_gradient |= has_gradient_[block];
    return;
  }
  const auto found = trainable_.find({tensor.storage, tensor.storage_offset});
  if (tensor.storage == 0 || found == trainable_.end()) return;
  op.parameters.push_back(found->second);
  needs_gradient = true;
}

void RunRecord::SeeOp(const OpCall& call) {
  if (!with_ops_ || call.nesting != 0) return;
  RecordedOp op;
  op.made = std::exchange(made_, {});
  bool needs_gradient = false;
  int first = -1;
  for (const OpArgument& argument : call.arguments) {
    if (const auto* tensor = std::get_if<TensorSpec>(&argument)) {
      if (first < 0) first = BlockOf(*tensor);
      Read(*tensor, op, needs_gradient);
    } else if (const auto* list =
                   std::get_if<std::vector<TensorSpec>>(&argument)) {
      for (const TensorSpec& tensor : *list) Read(tensor, op, needs_gradient);
    }
  }
  for (const TensorSpec& output : call.outputs) {
    const int block = BlockOf(output);
    if (block < 0) continue;
    const bool is_made = Contains(op.made, block);
    if (is_made) op.gives.push_back(block);
    if (!is_made && block == first && absl::EndsWith(call.name, "_")) {
      op.writes = block;
    }
    if (needs_gradient && IsFloating(output.dtype)) has_gradient_[block] = true;
  }
  // A view reads and makes nothing.
  if (op.made.empty() && op.writes < 0) return;
  Unite(op.reads);
  Unite(op.gives);
  Unite(op.parameters);
  op.hands_on = HandsOn(call.name);
  op.keeps_result = KeepsResult(call.name);
  ops_.push_back(std::move(op));
}

}  // namespace strata::metrics
