#include "plugins/sources/exported_program/flat_graph.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "core/count.h"
#include "core/printable.h"
#include "plugins/sources/exported_program/branch_cost.h"
#include "plugins/sources/exported_program/operators.h"
#include "plugins/sources/exported_program/tensor_specs.h"

namespace strata::exported_program {
namespace {

constexpr absl::string_view kCond = "higher_order::cond";
constexpr absl::string_view kWhileLoop = "higher_order::while_loop";

class Flattener {
 public:
  Flattener(const Program& program, const Modules& modules)
      : program_(program),
        modules_(modules),
        specs_(program, flat_.canonical, no_storages_) {
    flat_.canonical.resize(program.values.size());
    for (size_t i = 0; i < flat_.canonical.size(); ++i) {
      flat_.canonical[i] = static_cast<Id>(i);
    }
    no_storages_.assign(program.values.size(), 0);
    call_of_stack_.assign(program.stacks.size(), kNone);
    flat_.calls.emplace_back();
    std::vector<int64_t> hints(program.expressions.symbols().size());
    for (const Dimension& dimension : program.dimensions) {
      hints[dimension.symbol] = dimension.hint;
    }
    has_specs_ = specs_.SetDimensions(hints).ok();
  }

  FlatGraph Take() {
    AddGraph(0, kNone, flat_.steps);
    for (size_t i = 0; i < flat_.canonical.size(); ++i) {
      flat_.canonical[i] = Canonical(static_cast<Id>(i));
    }
    SettleCalls(flat_);
    for (const auto& [what, count] : loops_) {
      flat_.warnings.push_back(absl::StrCat(
          "how often the body of ", what, " runs is not known (", count,
          count == 1 ? " of it" : " of them", "): counted once"));
    }
    return std::move(flat_);
  }

 private:
  Id Canonical(Id id) {
    while (flat_.canonical[id] != id) {
      flat_.canonical[id] = flat_.canonical[flat_.canonical[id]];
      id = flat_.canonical[id];
    }
    return id;
  }

  void Bind(Id inner, Id outer) {
    if (inner == kNone || outer == kNone) return;
    inner = Canonical(inner);
    outer = Canonical(outer);
    if (inner != outer) flat_.canonical[inner] = outer;
  }

  Id ChildCall(Id parent, Id key, int module) {
    const auto [place, is_new] =
        call_ids_.try_emplace(std::make_tuple(parent, key, module),
                              static_cast<Id>(flat_.calls.size()));
    if (is_new) {
      Call call;
      call.parent = parent;
      call.module = module;
      call.depth = flat_.calls[parent].depth + 1;
      flat_.calls.push_back(std::move(call));
    }
    return place->second;
  }

  Id CallOf(Id stack) {
    if (stack == kNone || program_.stacks[stack].empty()) return kNone;
    Id& call = call_of_stack_[stack];
    if (call != kNone) return call;
    call = 0;
    for (const Frame& frame : program_.stacks[stack]) {
      const int module = modules_.by_name[frame.path];
      if (module > 0) call = ChildCall(call, frame.key, module);
    }
    return call;
  }

  // Nodes inside of a branch do not say where they are. Those that take a
  // parameter are of the module that holds it.
  Id CallOfOwner(const Node& node, Id around) {
    const auto owner_of = [&](Id value) {
      return value == kNone ? -1 : modules_.owners[Canonical(value)];
    };
    for (uint32_t i = node.arguments.begin; i < node.arguments.end; ++i) {
      const Argument& argument = program_.arguments[i];
      int owner = -1;
      if (argument.kind == Argument::Kind::kTensor) {
        owner = owner_of(argument.id);
      } else if (argument.kind == Argument::Kind::kTensors) {
        for (uint32_t j = argument.list.begin; j < argument.list.end; ++j) {
          if (owner < 0) owner = owner_of(program_.ids[j]);
        }
      }
      if (owner > 0 && owner != flat_.calls[around].module) {
        return ChildCall(around, owner_key_, owner);
      }
    }
    return around;
  }

  // The graph's steps; nodes without a stack of their own are of `around`,
  // unless that is kNone.
  void AddGraph(Id graph, Id around, std::vector<Step>& steps) {
    for (const Node& node : program_.graphs[graph].nodes) {
      Id call = CallOf(node.stack);
      if (call == kNone && around != kNone) call = CallOfOwner(node, around);
      const Target& target = program_.targets[node.target];
      if (target.is_higher_order) {
        AddHigherOrder(node, target, call, around, steps);
      } else if (target.is_operator) {
        steps.push_back({&node, call});
      } else if (program_.is_for_run) {
        // Of no call of its own: it would be one that no operator shows.
        AddControl(Step::What::kPython, node, kNone, steps);
      }
    }
  }

  void AddHigherOrder(const Node& node, const Target& target, Id call,
                      Id around, std::vector<Step>& steps) {
    std::vector<Id> graphs;
    std::vector<Id> operands;  // What stands after the last graph.
    for (uint32_t i = node.arguments.begin; i < node.arguments.end; ++i) {
      const Argument& argument = program_.arguments[i];
      if (argument.kind == Argument::Kind::kGraph) {
        graphs.push_back(argument.id);
        operands.clear();
      } else if (argument.kind == Argument::Kind::kTensors) {
        for (uint32_t j = argument.list.begin; j < argument.list.end; ++j) {
          operands.push_back(program_.ids[j]);
        }
      } else {
        operands.push_back(argument.kind == Argument::Kind::kTensor
                               ? argument.id
                               : argument.value);
      }
    }
    if (graphs.empty()) {
      steps.push_back({&node, call});
      return;
    }
    if (program_.is_for_run) {
      AddForRun(node, target, graphs, operands, call != kNone ? call : around,
                steps);
      return;
    }
    const Id inside = call != kNone ? call : around != kNone ? around : 0;
    for (Id graph : graphs) BindInputs(graph, operands, 0);
    Id last = graphs.back();
    if (target.name == kCond && graphs.size() == 2) {
      last = AddDearer(graphs, inside, steps);
    } else {
      for (Id graph : graphs) AddGraph(graph, inside, steps);
      if (!IsWrapper(target.name)) ++loops_[target.name];
    }
    BindOutputs(node, last);
  }

  // What a graph takes in, from `begin` on, is what it is given.
  void BindInputs(Id graph, const std::vector<Id>& operands, size_t begin) {
    const Range inputs = program_.graphs[graph].inputs;
    for (size_t i = begin; i < std::min<size_t>(inputs.size(), operands.size());
         ++i) {
      Bind(program_.ids[inputs.begin + i], operands[i]);
    }
  }

  static void AddControl(Step::What what, const Node& node, Id call,
                         std::vector<Step>& steps) {
    steps.push_back({nullptr, call, what, &node});
  }

  // Everything that may run, and what says whether it does. The last step of
  // each has the node itself, so that its outputs are made somewhere.
  void AddForRun(const Node& node, const Target& target,
                 const std::vector<Id>& graphs, const std::vector<Id>& operands,
                 Id call, std::vector<Step>& steps) {
    using What = Step::What;
    const Id inside = call != kNone ? call : 0;
    if (target.name == kCond && graphs.size() == 2) {
      for (Id graph : graphs) BindInputs(graph, operands, 0);
      AddControl(What::kIf, node, call, steps);
      --owner_key_;
      AddGraph(graphs[0], inside, steps);
      AddControl(What::kElse, node, call, steps);
      --owner_key_;
      AddGraph(graphs[1], inside, steps);
      AddControl(What::kEndElse, node, call, steps);
      steps.push_back({&node, call, What::kEndIf, &node});
    } else if (target.name == kWhileLoop && graphs.size() == 2) {
      // The body's own inputs are the variables, as many as it gives back.
      const Range inputs = program_.graphs[graphs[1]].inputs;
      const size_t variables = program_.graphs[graphs[1]].outputs.size();
      for (Id graph : graphs) BindInputs(graph, operands, variables);
      for (size_t i = 0; i < std::min<size_t>(variables, inputs.size()); ++i) {
        const Range tested = program_.graphs[graphs[0]].inputs;
        if (i < tested.size()) {
          Bind(program_.ids[tested.begin + i], program_.ids[inputs.begin + i]);
        }
      }
      AddControl(What::kLoop, node, call, steps);
      AddGraph(graphs[0], inside, steps);
      AddControl(What::kTest, node, call, steps);
      --owner_key_;
      AddGraph(graphs[1], inside, steps);
      AddControl(What::kNext, node, call, steps);
      steps.push_back({&node, call, What::kEndLoop, &node});
    } else if (IsWrapper(target.name)) {
      BindInputs(graphs.back(), operands, 0);
      AddControl(What::kSet, node, call, steps);
      AddGraph(graphs.back(), inside, steps);
      AddControl(What::kReset, node, call, steps);
      BindOutputs(node, graphs.back());
    } else {
      steps.push_back({&node, call});
    }
  }

  void BindOutputs(const Node& node, Id graph) {
    uint32_t output = node.outputs.begin;
    const Range inner = program_.graphs[graph].outputs;
    for (uint32_t i = inner.begin; i < inner.end; ++i) {
      if (program_.ids[i] == kNone) continue;  // None is no output of the node.
      if (output == node.outputs.end) break;
      Bind(program_.ids[output++], program_.ids[i]);
    }
  }

  // Adds one of the two branches of a cond, and gives it.
  Id AddDearer(const std::vector<Id>& branches, Id call,
               std::vector<Step>& steps) {
    std::vector<Step> sides[2];
    Count costs[2] = {0, 0};
    for (int i = 0; i < 2; ++i) {
      AddGraph(branches[i], call, sides[i]);
      if (has_specs_) costs[i] = CostOf(program_, specs_, sides[i]);
    }
    const int64_t first = costs[0].value().value_or(INT64_MAX);
    const int64_t second = costs[1].value().value_or(INT64_MAX);
    const int dearer = second > first ? 1 : 0;
    steps.insert(steps.end(), sides[dearer].begin(), sides[dearer].end());
    const std::string& path =
        modules_.tree.modules[flat_.calls[call].module].path;
    flat_.warnings.push_back(absl::StrCat(
        "which branch of a cond in ",
        path.empty() ? "the model itself"
                     : absl::StrCat("'", Printable(path, true), "'"),
        " runs depends on the data: the ", dearer == 0 ? "first" : "second",
        " is shown, which ",
        first == second ? "costs as much as the other" : "costs more"));
    return branches[dearer];
  }

  const Program& program_;
  const Modules& modules_;
  FlatGraph flat_;
  std::vector<uint64_t> no_storages_;
  TensorSpecs specs_;
  bool has_specs_ = false;
  // Keys that no frame has.
  static constexpr Id kOwner = -2;
  Id owner_key_ = kOwner;
  absl::flat_hash_map<std::tuple<Id, Id, int>, Id> call_ids_;
  std::vector<Id> call_of_stack_;
  absl::flat_hash_map<std::string, int> loops_;
};

}  // namespace

FlatGraph Flatten(const Program& program, const Modules& modules) {
  return Flattener(program, modules).Take();
}

}  // namespace strata::exported_program
