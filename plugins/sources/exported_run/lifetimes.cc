#include "plugins/sources/exported_run/lifetimes.h"

#include <cstdint>
#include <vector>

namespace strata::exported_run {
namespace {

using exported_program::Argument;

// The values that it takes and gives, as often as it names them.
template <typename Visit>
void VisitUses(const Program& program, const Plan& plan,
               const Instructions& made, const Instruction& instruction,
               Visit visit) {
  if (instruction.what == Instruction::What::kUnless) visit(instruction.id);
  for (const Range range : {instruction.from, instruction.to}) {
    for (uint32_t i = range.begin; i < range.end; ++i) visit(made.ids[i]);
  }
  if (instruction.node == nullptr ||
      instruction.what == Instruction::What::kSet ||
      instruction.what == Instruction::What::kReset) {
    return;
  }
  const Node& node = *instruction.node;
  const auto use = [&](Id id) {
    if (id != kNone) visit(plan.flat.canonical[id]);
  };
  for (uint32_t i = node.arguments.begin; i < node.arguments.end; ++i) {
    const Argument& argument = program.arguments[i];
    use(argument.value);
    if (argument.kind == Argument::Kind::kTensor) use(argument.id);
    if (argument.kind == Argument::Kind::kTensors) {
      for (uint32_t j = argument.list.begin; j < argument.list.end; ++j) {
        use(program.ids[j]);
      }
    } else if (argument.kind == Argument::Kind::kIntegers) {
      for (uint32_t j = argument.list.begin; j < argument.list.end; ++j) {
        use(program.integers[j].value);
      }
    }
  }
  for (uint32_t i = node.outputs.begin; i < node.outputs.end; ++i) {
    use(program.ids[i]);
  }
}

}  // namespace

// In the order of the list the last that uses a value is the last in time:
// what a loop takes from outside is an operand of its end.
void AddFrees(const Program& program, const Plan& plan, Instructions& made) {
  std::vector<int64_t> last(program.values.size(), -1);
  constexpr int64_t kNever = INT64_MAX;
  const auto keep = [&](Id id) {
    if (id != kNone) last[plan.flat.canonical[id]] = kNever;
  };
  for (const auto& stored : program.stored) keep(stored.value);
  for (const Range range :
       {program.graphs[0].inputs, program.graphs[0].outputs}) {
    for (uint32_t i = range.begin; i < range.end; ++i) keep(program.ids[i]);
  }
  for (uint32_t i = 0; i < made.list.size(); ++i) {
    VisitUses(program, plan, made, made.list[i], [&](Id value) {
      if (last[value] != kNever) last[value] = i;
    });
  }
  for (uint32_t i = 0; i < made.list.size(); ++i) {
    std::vector<Id> freed;
    VisitUses(program, plan, made, made.list[i], [&](Id value) {
      if (last[value] != i) return;
      last[value] = -1;
      freed.push_back(value);
    });
    Range& frees = made.list[i].frees;
    frees.begin = static_cast<uint32_t>(made.ids.size());
    made.ids.insert(made.ids.end(), freed.begin(), freed.end());
    frees.end = static_cast<uint32_t>(made.ids.size());
  }
}

}  // namespace strata::exported_run
