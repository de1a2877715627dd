#include "plugins/sources/exported_program/call_values.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/container/flat_hash_set.h"

namespace strata::exported_program {
namespace {

class Finder {
 public:
  Finder(const Program& program, const Modules& modules,
         const std::vector<Id>& passed, FlatGraph& flat)
      : program_(program),
        modules_(modules),
        passed_(passed),
        flat_(flat),
        made_in_(program.values.size(), kNone),
        made_at_(program.values.size(), 0),
        outputs_(flat.calls.size()),
        handed_on_(flat.calls.size()),
        last_(flat.calls.size(), kNone) {}

  void Find() {
    for (Id input : program_.user_inputs) made_in_[flat_.canonical[input]] = 0;
    uint32_t step_number = 0;
    for (const Step& step : flat_.steps) {
      if (step.node == nullptr) continue;
      const Node& node = *step.node;
      for (uint32_t i = node.arguments.begin; i < node.arguments.end; ++i) {
        const Argument& argument = program_.arguments[i];
        if (argument.kind == Argument::Kind::kTensor) {
          Use(argument.id, step.call);
        } else if (argument.kind == Argument::Kind::kTensors) {
          for (uint32_t j = argument.list.begin; j < argument.list.end; ++j) {
            Use(program_.ids[j], step.call);
          }
        }
      }
      for (uint32_t i = node.outputs.begin; i < node.outputs.end; ++i) {
        const Id value = flat_.canonical[program_.ids[i]];
        made_in_[value] = step.call;
        made_at_[value] = ++step_number;
      }
      last_[step.call] = static_cast<Id>(&step - flat_.steps.data());
    }
    // The caller of the model stands outside of it.
    for (Id output : program_.user_outputs) Use(output, kNone);
    Settle();
  }

 private:
  bool IsStored(Id value) const { return modules_.storages[value] != 0; }

  void Use(Id used, Id user) {
    if (used == kNone || !program_.values[used].is_tensor) return;
    used = flat_.canonical[used];
    const Id value = passed_[used];
    if (IsStored(value)) return;
    if (made_in_[value] == kNone) return;
    const Id around =
        user == kNone ? kNone : CommonCall(flat_.calls, user, made_in_[value]);
    for (Id call = user; call != around; call = flat_.calls[call].parent) {
      // One that has it was around when those further out got it.
      if (!taken_.insert({call, value}).second) break;
      flat_.calls[call].inputs.push_back(value);
    }
    Give(value, around, given_to_, outputs_);
    // The module that did nothing to it gave it back, too.
    if (used != value && made_in_[used] != kNone) {
      Give(
          used,
          user == kNone ? kNone : CommonCall(flat_.calls, user, made_in_[used]),
          handed_to_, handed_on_);
    }
  }

  // To the calls inside of `around` that have not got it, from the inside out.
  void Give(Id value, Id around, absl::flat_hash_map<Id, Id>& reached,
            std::vector<std::vector<Id>>& given) {
    Id& call = reached.try_emplace(value, made_in_[value]).first->second;
    while (call != kNone &&
           (around == kNone ||
            flat_.calls[call].depth > flat_.calls[around].depth)) {
      if (call != 0) given[call].push_back(value);
      call = flat_.calls[call].parent;
    }
  }

  void Settle() {
    Call& model = flat_.calls[0];
    model.inputs.clear();
    for (Id input : program_.user_inputs) {
      model.inputs.push_back(flat_.canonical[input]);
    }
    for (Id output : program_.user_outputs) {
      model.outputs.push_back(flat_.canonical[output]);
    }
    // Calls stand after those around them.
    for (size_t i = flat_.calls.size() - 1; i > 0; --i) {
      Id& around = last_[flat_.calls[i].parent];
      around = std::max(around, last_[i]);
    }
    for (size_t i = 1; i < flat_.calls.size(); ++i) {
      Call& call = flat_.calls[i];
      if (call.number < 0) continue;
      std::vector<Id>& given =
          outputs_[i].empty() ? handed_on_[i] : outputs_[i];
      std::sort(given.begin(), given.end(),
                [&](Id a, Id b) { return made_at_[a] < made_at_[b]; });
      call.outputs = std::move(given);
      if (call.outputs.empty()) UseLast(static_cast<Id>(i), call);
    }
  }

  // Nobody used what it gave: the last thing that it made, then.
  void UseLast(Id id, Call& call) {
    if (last_[id] == kNone) return;
    const Range outputs = flat_.steps[last_[id]].node->outputs;
    for (uint32_t i = outputs.begin; i < outputs.end; ++i) {
      const Id value = program_.ids[i];
      if (program_.values[value].is_tensor) {
        call.outputs.push_back(flat_.canonical[value]);
      }
    }
  }

  const Program& program_;
  const Modules& modules_;
  const std::vector<Id>& passed_;
  FlatGraph& flat_;
  std::vector<Id> made_in_;                           // By value: the call.
  std::vector<uint32_t> made_at_;                     // By value: the order.
  std::vector<std::vector<Id>> outputs_, handed_on_;  // By call.
  absl::flat_hash_set<std::pair<Id, Id>> taken_;
  // By value: the innermost call that has not given it yet.
  absl::flat_hash_map<Id, Id> given_to_, handed_to_;
  std::vector<Id> last_;  // By call: its last step with an operator.
};

std::vector<Id> TensorsOf(const Program& program, const FlatGraph& flat,
                          Range ids) {
  std::vector<Id> tensors;
  for (uint32_t i = ids.begin; i < ids.end; ++i) {
    const Id id = program.ids[i];
    if (id == kNone || !program.values[id].is_described ||
        !program.values[id].is_tensor) {
      continue;
    }
    tensors.push_back(flat.canonical[id]);
  }
  return tensors;
}

}  // namespace

void FindCallValues(
    const Program& program, const Modules& modules,
    const std::vector<Id>& passed,
    const absl::flat_hash_map<Id, const CallSignature*>& signatures,
    FlatGraph& flat) {
  Finder(program, modules, passed, flat).Find();
  for (const auto& [id, signature] : signatures) {
    std::vector<Id> inputs = TensorsOf(program, flat, signature->inputs);
    std::vector<Id> outputs = TensorsOf(program, flat, signature->outputs);
    if (!inputs.empty()) flat.calls[id].inputs = std::move(inputs);
    if (!outputs.empty()) flat.calls[id].outputs = std::move(outputs);
  }
}

}  // namespace strata::exported_program
