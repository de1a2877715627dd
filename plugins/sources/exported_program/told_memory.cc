#include "plugins/sources/exported_program/told_memory.h"

#include <algorithm>

namespace strata::exported_program {

template <typename Visit>
void ToldMemory::VisitValues(const Node& node, Visit visit) const {
  for (uint32_t i = node.arguments.begin; i < node.arguments.end; ++i) {
    const Argument& argument = program_.arguments[i];
    if (argument.kind == Argument::Kind::kTensor) visit(argument.id);
    if (argument.kind != Argument::Kind::kTensors) continue;
    for (uint32_t j = argument.list.begin; j < argument.list.end; ++j) {
      if (program_.ids[j] != kNone) visit(program_.ids[j]);
    }
  }
  for (uint32_t i = node.outputs.begin; i < node.outputs.end; ++i) {
    if (program_.values[program_.ids[i]].is_tensor) visit(program_.ids[i]);
  }
}

uint64_t ToldMemory::StorageOf(Id value) const {
  return plan_.storages[plan_.flat.canonical[value]];
}

ToldMemory::ToldMemory(const Program& program, const Plan& plan,
                       const TensorSpecs& specs, ModuleVisitor& visitor)
    : program_(program), plan_(plan), specs_(specs), visitor_(visitor) {
  uint64_t most = 0;
  for (const uint64_t storage : plan.storages) most = std::max(most, storage);
  last_.assign(most + 1, 0);
  bytes_.assign(most + 1, 0);
  for (size_t i = 0; i < plan.events.size(); ++i) {
    if (plan.events[i].what != Event::What::kOperator) continue;
    VisitValues(*plan.flat.steps[plan.events[i].id].node,
                [&](Id value) { last_[StorageOf(value)] = i; });
  }
  const auto outside = [&](Id value) { bytes_[StorageOf(value)] = kOutside; };
  for (const StoredTensor& stored : program.stored) outside(stored.value);
  for (const Id input : program.user_inputs) outside(input);
  for (const Id output : program.user_outputs) {
    last_[StorageOf(output)] = INT64_MAX;
  }
}

void ToldMemory::Tell(size_t event, uint64_t storage, bool allocated) {
  const Step& step = plan_.flat.steps[plan_.events[event].id];
  visitor_.VisitMemory({allocated, storage, bytes_[storage],
                        plan_.flat.calls[step.call].module});
}

void ToldMemory::BeforeVisit(size_t event) {
  const Node& node = *plan_.flat.steps[plan_.events[event].id].node;
  for (uint32_t i = node.outputs.begin; i < node.outputs.end; ++i) {
    const Id value = program_.ids[i];
    if (!program_.values[value].is_tensor) continue;
    const uint64_t storage = StorageOf(value);
    if (bytes_[storage] != 0) continue;  // It is told of, or outside.
    bytes_[storage] = specs_.Spec(value).NumBytes().value_or(0);
    if (bytes_[storage] > 0) Tell(event, storage, /*allocated=*/true);
  }
}

void ToldMemory::AfterVisit(size_t event) {
  const Node& node = *plan_.flat.steps[plan_.events[event].id].node;
  VisitValues(node, [&](Id value) {
    const uint64_t storage = StorageOf(value);
    if (last_[storage] != static_cast<int64_t>(event) || bytes_[storage] <= 0) {
      return;
    }
    Tell(event, storage, /*allocated=*/false);
    bytes_[storage] = kOutside;  // Nothing uses it any more.
  });
}

}  // namespace strata::exported_program
