#include "plugins/sources/exported_run/instructions.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "plugins/sources/exported_run/lifetimes.h"
#include "plugins/sources/libtorch/place_text.h"

namespace strata::exported_run {
namespace {

using exported_program::Argument;
using exported_program::Call;
using exported_program::Event;
using exported_program::Graph;
using exported_program::Modules;
using exported_program::Step;

class Maker {
 public:
  Maker(const Program& program, const Modules& modules, const Plan& plan)
      : program_(program), modules_(modules), plan_(plan) {}

  absl::StatusOr<Instructions> Make() {
    for (const Event& event : plan_.events) {
      Instruction next;
      next.id = event.id;
      switch (event.what) {
        case Event::What::kEnter:
          next.what = Instruction::What::kEnter;
          Add(next);
          break;
        case Event::What::kLeave:
          next.what = Instruction::What::kLeave;
          Add(next);
          break;
        case Event::What::kOperator:
          next.what = Instruction::What::kOperator;
          next.node = plan_.flat.steps[event.id].node;
          next.id = plan_.flat.calls[plan_.flat.steps[event.id].call].module;
          Add(next);
          break;
        case Event::What::kControl: {
          const absl::Status added = AddControl(plan_.flat.steps[event.id]);
          if (!added.ok()) return added;
          break;
        }
      }
    }
    AddFrees(program_, plan_, made_);
    return std::move(made_);
  }

 private:
  using What = Instruction::What;

  uint32_t here() const { return static_cast<uint32_t>(made_.list.size()); }

  uint32_t Add(Instruction instruction) {
    made_.list.push_back(instruction);
    return here() - 1;
  }

  // Graphs that a node is given, in order.
  std::vector<Id> GraphsOf(const Node& node) const {
    std::vector<Id> graphs;
    for (uint32_t i = node.arguments.begin; i < node.arguments.end; ++i) {
      const Argument& argument = program_.arguments[i];
      if (argument.kind == Argument::Kind::kGraph) {
        graphs.push_back(argument.id);
      }
    }
    return graphs;
  }

  std::vector<Id> Canonical(Range ids) const {
    std::vector<Id> values;
    for (uint32_t i = ids.begin; i < ids.end; ++i) {
      const Id id = program_.ids[i];
      // None is no value, inside of a graph and outside.
      if (id != kNone) values.push_back(plan_.flat.canonical[id]);
    }
    return values;
  }

  // The values behind a node's last graph.
  std::vector<Id> OperandsOf(const Node& node) const {
    std::vector<Id> operands;
    for (uint32_t i = node.arguments.begin; i < node.arguments.end; ++i) {
      const Argument& argument = program_.arguments[i];
      if (argument.kind == Argument::Kind::kGraph) {
        operands.clear();
      } else if (argument.kind == Argument::Kind::kTensors) {
        for (uint32_t j = argument.list.begin; j < argument.list.end; ++j) {
          operands.push_back(program_.ids[j]);
        }
      } else if (argument.kind == Argument::Kind::kIntegers) {
        for (uint32_t j = argument.list.begin; j < argument.list.end; ++j) {
          operands.push_back(program_.integers[j].value);
        }
      } else {
        operands.push_back(argument.kind == Argument::Kind::kTensor
                               ? argument.id
                               : argument.value);
      }
    }
    for (Id& id : operands) {
      if (id != kNone) id = plan_.flat.canonical[id];
    }
    return operands;
  }

  absl::Status Wrong(const Step& step, absl::string_view why) const {
    return absl::UnimplementedError(
        absl::StrCat(OperatorInModule(program_, modules_, *step.control,
                                      plan_.flat.calls[step.call].module),
                     " ", why));
  }

  Range Keep(const std::vector<Id>& values) {
    const auto begin = static_cast<uint32_t>(made_.ids.size());
    made_.ids.insert(made_.ids.end(), values.begin(), values.end());
    return {begin, static_cast<uint32_t>(made_.ids.size())};
  }

  // Goes on behind itself, unless `target` is set later.
  absl::StatusOr<uint32_t> AddCopy(const Step& step,
                                   const std::vector<Id>& from,
                                   const std::vector<Id>& to) {
    if (from.size() != to.size() ||
        std::count(from.begin(), from.end(), kNone) > 0) {
      return Wrong(
          step, absl::StrCat("cannot be run: ", from.size(), " values for its ",
                             to.size(),
                             ", of which each must be a tensor or a size"));
    }
    Instruction copy;
    copy.what = What::kCopy;
    copy.from = Keep(from);
    copy.to = Keep(to);
    copy.target = here() + 1;
    return Add(copy);
  }

  absl::Status AddControl(const Step& step) {
    const Node& node = *step.control;
    Instruction next;
    next.node = &node;
    next.id = plan_.flat.calls[step.call].module;
    switch (step.what) {
      case Step::What::kTold:
        return absl::OkStatus();
      case Step::What::kPython:
        next.what = What::kPython;
        Add(next);
        return absl::OkStatus();
      case Step::What::kSet:
      case Step::What::kReset:
        next.what = step.what == Step::What::kSet ? What::kSet : What::kReset;
        Add(next);
        return absl::OkStatus();
      case Step::What::kIf:
      case Step::What::kElse:
      case Step::What::kEndElse:
      case Step::What::kEndIf:
        return AddBranch(step);
      default:
        return AddLoop(step);
    }
  }

  absl::Status AddUnless(const Step& step, Id condition) {
    if (condition == kNone)
      return Wrong(step, "has no condition that is a value");
    Instruction unless;
    unless.what = What::kUnless;
    unless.id = condition;
    open_.push_back(Add(unless));
    return absl::OkStatus();
  }

  absl::Status AddBranch(const Step& step) {
    const Node& node = *step.control;
    const std::vector<Id> graphs = GraphsOf(node);
    const std::vector<Id> outputs = Canonical(node.outputs);
    const auto gives = [&](int branch) {
      return Canonical(program_.graphs[graphs[branch]].outputs);
    };
    if (step.what == Step::What::kIf) {
      const Argument& first = program_.arguments[node.arguments.begin];
      const Id id =
          first.kind == Argument::Kind::kTensor ? first.id : first.value;
      return AddUnless(step, id == kNone ? id : plan_.flat.canonical[id]);
    }
    if (step.what == Step::What::kElse) {
      absl::StatusOr<uint32_t> copy = AddCopy(step, gives(0), outputs);
      if (!copy.ok()) return copy.status();
      made_.list[open_.back()].target = here();
      open_.back() = *copy;
      return absl::OkStatus();
    }
    if (step.what == Step::What::kEndElse) {
      return AddCopy(step, gives(1), outputs).status();
    }
    made_.list[open_.back()].target = here();
    open_.pop_back();
    Instruction end;
    end.node = &node;  // Its operands are needed until here.
    Add(end);
    return absl::OkStatus();
  }

  absl::Status AddLoop(const Step& step) {
    const Node& node = *step.control;
    const std::vector<Id> graphs = GraphsOf(node);
    const Graph& body = program_.graphs[graphs[1]];
    std::vector<Id> variables = Canonical(body.inputs);
    const std::vector<Id> next = Canonical(body.outputs);
    variables.resize(std::min(variables.size(), next.size()));
    if (step.what == Step::What::kLoop) {
      std::vector<Id> operands = OperandsOf(node);
      operands.resize(std::min(variables.size(), operands.size()));
      absl::StatusOr<uint32_t> copy = AddCopy(step, operands, variables);
      if (copy.ok()) loops_.push_back(here());
      return copy.status();
    }
    if (step.what == Step::What::kTest) {
      const std::vector<Id> tested =
          Canonical(program_.graphs[graphs[0]].outputs);
      return AddUnless(step, tested.size() == 1 ? tested[0] : kNone);
    }
    if (step.what == Step::What::kNext) {
      absl::StatusOr<uint32_t> copy = AddCopy(step, next, variables);
      if (copy.ok()) made_.list[*copy].target = loops_.back();
      return copy.status();
    }
    made_.list[open_.back()].target = here();
    open_.pop_back();
    loops_.pop_back();
    absl::StatusOr<uint32_t> copy =
        AddCopy(step, variables, Canonical(node.outputs));
    // Its operands are needed until here.
    if (copy.ok()) made_.list[*copy].node = &node;
    return copy.status();
  }

  const Program& program_;
  const Modules& modules_;
  const Plan& plan_;
  Instructions made_;
  std::vector<uint32_t> open_;   // Branches and tests without their target.
  std::vector<uint32_t> loops_;  // Where open loops begin.
};

}  // namespace

absl::StatusOr<Instructions> MakeInstructions(const Program& program,
                                              const Modules& modules,
                                              const Plan& plan) {
  return Maker(program, modules, plan).Make();
}

std::string OperatorInModule(const Program& program, const Modules& modules,
                             const Node& node, int module) {
  const exported_program::Target& target = program.targets[node.target];
  return absl::StrCat("operator ", target.name,
                      target.overload.empty() ? "" : ".", target.overload, " ",
                      libtorch::PlaceText(modules.tree.modules[module]));
}

}  // namespace strata::exported_run
