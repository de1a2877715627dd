#include "plugins/sources/torch_module/replay.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "plugins/sources/libtorch/place_text.h"

namespace strata::torch_module {
namespace {

using Step = AttributedStep;

class TensorFinder {
 public:
  TensorFinder(const Recording& recording, const Attribution& attribution,
               const Values& values)
      : attribution_(attribution),
        values_(values),
        operators_(OutermostOperators(recording)),
        found_(attribution.calls.size()),
        inputs_(attribution.calls.size()),
        made_(attribution.calls.size()),
        given_by_(values.size(), -1) {}

  std::vector<CallTensors> Find() {
    const int end = static_cast<int>(attribution_.call_of.size());
    for (int op = 0; op < end; ++op) {
      for (const ValueUse& use : values_.uses(op)) {
        AddInput(use, attribution_.call_of[op]);
        AddOutput(use, op);
      }
    }
    for (const ValueUse& use : values_.returned()) AddOutput(use, end);
    for (size_t i = 0; i < found_.size(); ++i) AddMade(static_cast<int>(i));
    for (size_t i = 0; i < found_.size(); ++i) AddPassed(static_cast<int>(i));
    return std::move(found_);
  }

 private:
  struct Made {
    int maker;
    int value;
    TensorSpec tensor;
  };

  // Of the call and those around it, until one that has it or that made it. The
  // calls around one that has an input have it, too.
  void AddInput(const ValueUse& use, int call) {
    for (; call > 0; call = attribution_.calls[call].caller) {
      if (attribution_.calls[call].begin <= use.maker) return;
      if (!inputs_[call].insert(use.value).second) return;
      found_[call].inputs.push_back(*use.tensor);
    }
  }

  // Of the calls that made it and had ended by then.
  void AddOutput(const ValueUse& use, int user) {
    if (use.maker < 0) return;
    int call = given_by_[use.value];
    call = call < 0 ? attribution_.call_of[use.maker]
                    : attribution_.calls[call].caller;
    for (; call > 0; call = attribution_.calls[call].caller) {
      const AttributedCall& by = attribution_.calls[call];
      if (by.is_open || by.end > user) return;
      made_[call].push_back({use.maker, use.value, *use.tensor});
      given_by_[use.value] = call;
    }
  }

  // In the order in which they were made, the last operator's last.
  void AddMade(int call) {
    const AttributedCall& by = attribution_.calls[call];
    std::vector<Made>& made = made_[call];
    std::stable_sort(
        made.begin(), made.end(),
        [](const Made& a, const Made& b) { return a.maker < b.maker; });
    const int last = by.end - 1;
    for (const Made& one : made) {
      if (one.maker != last) found_[call].outputs.push_back(one.tensor);
    }
    if (by.is_open || by.end == by.begin) return;
    const std::vector<TensorSpec>& outputs = operators_[last]->outputs;
    found_[call].outputs.insert(found_[call].outputs.end(), outputs.begin(),
                                outputs.end());
  }

  // A call without operators hands on what there was.
  void AddPassed(int call) {
    const AttributedCall& by = attribution_.calls[call];
    if (call == 0 || by.is_open || by.end > by.begin || by.begin == 0) return;
    found_[call].inputs = operators_[by.begin - 1]->outputs;
    found_[call].outputs = found_[call].inputs;
  }

  const Attribution& attribution_;
  const Values& values_;
  const std::vector<const RecordedOperator*> operators_;
  std::vector<CallTensors> found_;
  std::vector<absl::flat_hash_set<int>> inputs_;  // By call.
  std::vector<std::vector<Made>> made_;
  std::vector<int> given_by_;  // By value: the outermost call that gave it.
};

}  // namespace

std::vector<CallTensors> TensorsOfCalls(const Recording& recording,
                                        const Attribution& attribution,
                                        const Values& values) {
  return TensorFinder(recording, attribution, values).Find();
}

void Replay(const Recording& recording, const Attribution& attribution,
            const std::vector<CallTensors>& tensors, bool operators,
            ModuleVisitor& visitor) {
  absl::flat_hash_map<int, int> numbers;  // Of calls, by module.
  struct Open {
    int call;
    int number;
  };
  std::vector<Open> open;
  for (const Step& step : attribution.steps) {
    if (step.kind == Step::Kind::kEnter) {
      const int module = attribution.calls[step.index].module;
      open.push_back({step.index, numbers[module]++});
      visitor.EnterModule(
          {module, open.back().number, tensors[step.index].inputs, {}});
    } else if (step.kind == Step::Kind::kLeave) {
      const CallTensors& of_call = tensors[step.index];
      visitor.LeaveModule({attribution.calls[step.index].module,
                           open.back().number, of_call.inputs,
                           of_call.outputs});
      open.pop_back();
    } else {
      const RecordedEvent& event = recording.events[step.index];
      const int module =
          open.empty() ? 0 : attribution.calls[open.back().call].module;
      if (event.kind == RecordedEvent::Kind::kMemory) {
        MemoryEvent memory = recording.memory[event.index];
        memory.module = module;
        visitor.VisitMemory(memory);
      } else if (operators) {
        const RecordedOperator& op = recording.operators[event.index];
        visitor.VisitOp({op.name, op.overload, op.nesting, module, op.arguments,
                         op.outputs});
      }
    }
  }
}

std::string WhereItStood(const ModuleTree& tree, const Attribution& attribution,
                         const std::vector<CallTensors>& tensors) {
  int last = 0;  // The call that began last of those that are open.
  for (size_t i = 0; i < attribution.calls.size(); ++i) {
    if (attribution.calls[i].is_open) last = static_cast<int>(i);
  }
  return libtorch::PlaceText(tree.modules[attribution.calls[last].module],
                             tensors[last].inputs);
}

}  // namespace strata::torch_module
