#include "python/extension/recording.h"

#include <algorithm>
#include <utility>

namespace strata::python {
namespace {

std::vector<TensorSpec> Copied(absl::Span<const TensorSpec> specs) {
  return {specs.begin(), specs.end()};
}

// One call that is going on.
struct OpenCall {
  int place;
  int number;
  bool is_told;
  const std::vector<TensorSpec>* inputs;
};

}  // namespace

int PlaceBelow(const ModuleTree& tree, const std::vector<int>& places,
               int running) {
  for (int place : places) {
    if (tree.modules[place].parent == running) return place;
  }
  return places.empty() ? running : places[0];
}

const std::vector<int>& PlacesOf(int number,
                                 const std::vector<std::vector<int>>& places) {
  static const auto* const none = new std::vector<int>;
  return static_cast<size_t>(number) < places.size() ? places[number] : *none;
}

void Recording::EnterModule(const ModuleCall& call) {
  Add(What::kEnter, calls_, Call{call.module, Copied(call.inputs)});
}

void Recording::LeaveModule(const ModuleCall& call) {
  Add(What::kLeave, calls_, Call{call.module, Copied(call.outputs)});
}

void Recording::VisitOp(const OpCall& op) {
  Add(What::kOperator, ops_,
      Op{Kept(op.name),
         Kept(op.overload),
         op.nesting,
         {op.arguments.begin(), op.arguments.end()},
         Copied(op.outputs)});
}

void Recording::VisitMemory(const MemoryEvent& event) {
  Add(What::kMemory, memory_, event);
}

void Recording::Replay(const ModuleTree& tree,
                       const std::vector<std::vector<int>>& places,
                       ModuleVisitor& visitor) const {
  std::vector<int> numbers(tree.size(), 0);
  std::vector<OpenCall> open;
  const auto running = [&] { return open.empty() ? -1 : open.back().place; };
  for (const Event& event : events_) {
    if (event.what == What::kEnter) {
      const Call& call = calls_[event.index];
      const std::vector<int>& at = PlacesOf(call.module, places);
      const int place = PlaceBelow(tree, at, running());
      open.push_back({place, 0, !at.empty(), &call.tensors});
      if (!open.back().is_told) continue;
      open.back().number = numbers[place]++;
      visitor.EnterModule({place, open.back().number, call.tensors, {}});
    } else if (event.what == What::kLeave) {
      if (open.empty()) continue;
      const OpenCall left = open.back();
      open.pop_back();
      if (!left.is_told) continue;
      visitor.LeaveModule(
          {left.place, left.number, *left.inputs, calls_[event.index].tensors});
    } else if (event.what == What::kOperator) {
      const Op& op = ops_[event.index];
      visitor.VisitOp({*op.name, *op.overload, op.nesting,
                       std::max(running(), 0), op.arguments, op.outputs});
    } else {
      MemoryEvent told = memory_[event.index];
      told.module = std::max(running(), 0);
      visitor.VisitMemory(told);
    }
  }
}

}  // namespace strata::python
