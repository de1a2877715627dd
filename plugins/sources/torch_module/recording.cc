#include "plugins/sources/torch_module/recording.h"

#include <variant>

namespace strata::torch_module {

void Recorder::VisitOp(const OpCall& op) {
  raised_ = 0;
  recording_.events.push_back({RecordedEvent::Kind::kOperator,
                               static_cast<int>(recording_.operators.size())});
  recording_.operators.push_back({std::string(op.name),
                                  std::string(op.overload),
                                  op.nesting,
                                  {op.arguments.begin(), op.arguments.end()},
                                  {op.outputs.begin(), op.outputs.end()}});
}

void Recorder::VisitMemory(const MemoryEvent& event) {
  recording_.events.push_back({RecordedEvent::Kind::kMemory,
                               static_cast<int>(recording_.memory.size())});
  recording_.memory.push_back(event);
}

void Recorder::EnterScope(int module) {
  raised_ = 0;
  is_known_.push_back(module >= 0);
  if (module < 0) return;
  recording_.events.push_back({RecordedEvent::Kind::kEnterScope, module});
}

void Recorder::LeaveScope(bool is_raised) {
  if (is_known_.empty()) return;
  const bool is_known = is_known_.back();
  is_known_.pop_back();
  if (!is_known) return;
  recording_.events.push_back({RecordedEvent::Kind::kLeaveScope});
  raised_ = is_raised ? raised_ + 1 : 0;
}

void Recorder::TakeBackRaised() {
  // Memory is given back on the way, too.
  for (std::vector<RecordedEvent>& events = recording_.events;
       raised_ > 0 && !events.empty(); events.pop_back()) {
    if (events.back().kind == RecordedEvent::Kind::kLeaveScope) --raised_;
  }
}

std::vector<const TensorSpec*> TensorsIn(
    const std::vector<OpArgument>& arguments) {
  std::vector<const TensorSpec*> tensors;
  for (const OpArgument& argument : arguments) {
    if (const auto* one = std::get_if<TensorSpec>(&argument)) {
      tensors.push_back(one);
      continue;
    }
    const auto* several = std::get_if<std::vector<TensorSpec>>(&argument);
    if (const auto* nested = std::get_if<NestedTensor>(&argument)) {
      several = &nested->tensors;
    }
    if (several == nullptr) continue;
    for (const TensorSpec& tensor : *several) tensors.push_back(&tensor);
  }
  return tensors;
}

std::vector<const RecordedOperator*> OutermostOperators(
    const Recording& recording) {
  std::vector<const RecordedOperator*> outermost;
  for (const RecordedOperator& op : recording.operators) {
    if (op.nesting == 0) outermost.push_back(&op);
  }
  return outermost;
}

}  // namespace strata::torch_module
