#include "plugins/sources/exported_program/passed_through.h"

#include "absl/strings/match.h"

namespace strata::exported_program {
namespace {

bool IsSameForm(const Program& program, Id a, Id b) {
  const Value& left = program.values[a];
  const Value& right = program.values[b];
  if (left.dtype != right.dtype || left.sizes.size() != right.sizes.size()) {
    return false;
  }
  for (uint32_t i = 0; i < left.sizes.size(); ++i) {
    const Size& of_left = program.sizes[left.sizes.begin + i];
    const Size& of_right = program.sizes[right.sizes.begin + i];
    if (of_left.hint != of_right.hint ||
        of_left.expression != of_right.expression) {
      return false;
    }
  }
  return true;
}

// The tensor that the node takes first, kNone for none.
Id FirstTensor(const Program& program, const Node& node) {
  if (node.arguments.size() == 0) return kNone;
  const Argument& first = program.arguments[node.arguments.begin];
  if (first.kind != Argument::Kind::kTensor) return kNone;
  return first.id;
}

// dropout(input, p, train)
bool Drops(const Program& program, const Node& node) {
  if (node.arguments.size() < 3) return true;
  const Argument& train = program.arguments[node.arguments.begin + 2];
  return train.kind != Argument::Kind::kBool || train.integer != 0;
}

bool DoesNothing(const Program& program, const Node& node, const Target& target,
                 Id input, Id output) {
  return target.may_do_nothing && IsSameForm(program, input, output) &&
         (!absl::EndsWith(target.name, "dropout") || !Drops(program, node));
}

}  // namespace

std::vector<Id> PassedThrough(const Program& program, const FlatGraph& flat) {
  std::vector<Id> passed(program.values.size());
  for (size_t i = 0; i < passed.size(); ++i) passed[i] = static_cast<Id>(i);
  for (const Step& step : flat.steps) {
    if (step.node == nullptr || step.node->outputs.size() != 1) continue;
    const Id input = FirstTensor(program, *step.node);
    const Id output = program.ids[step.node->outputs.begin];
    if (input == kNone || !program.values[output].is_tensor) continue;
    const Target& target = program.targets[step.node->target];
    if (DoesNothing(program, *step.node, target, input, output)) {
      passed[flat.canonical[output]] = passed[flat.canonical[input]];
    }
  }
  return passed;
}

std::vector<uint64_t> FindStorages(const Program& program,
                                   const Modules& modules,
                                   const FlatGraph& flat,
                                   const std::vector<Id>& passed) {
  std::vector<uint64_t> storages = modules.storages;
  uint64_t next = modules.next_storage;
  for (Id value : program.user_inputs) {
    uint64_t& storage = storages[flat.canonical[value]];
    if (storage == 0) storage = next++;
  }
  for (const Step& step : flat.steps) {
    if (step.node == nullptr) continue;
    const Target& target = program.targets[step.node->target];
    const Id input = FirstTensor(program, *step.node);
    for (uint32_t i = step.node->outputs.begin; i < step.node->outputs.end;
         ++i) {
      const Id output = flat.canonical[program.ids[i]];
      if (!program.values[output].is_tensor || storages[output] != 0) continue;
      const Id same = passed[output];
      if (same != output && storages[same] != 0) {
        storages[output] = storages[same];
      } else if (target.is_view && input != kNone &&
                 storages[flat.canonical[input]] != 0) {
        storages[output] = storages[flat.canonical[input]];
      } else {
        storages[output] = next++;
      }
    }
  }
  // What the file uses and nothing makes, in a file that is odd.
  for (uint64_t& storage : storages) {
    if (storage == 0) storage = next++;
  }
  return storages;
}

}  // namespace strata::exported_program
