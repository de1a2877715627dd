#include "plugins/sources/exported_program/flat_graph.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "core/count.h"
#include "core/printable.h"
#include "plugins/metrics/macs/formulas.h"
#include "plugins/sources/exported_program/tensor_specs.h"

namespace strata::exported_program {
namespace {

// Operators that call their graph once, as it stands.
bool IsWrapper(absl::string_view name) {
  static const auto* const names = new absl::flat_hash_set<absl::string_view>({
      "higher_order::checkpoint",
      "higher_order::hints_wrapper",
      "higher_order::invoke_subgraph",
      "higher_order::strict_mode",
      "higher_order::tag_activation_checkpoint",
      "higher_order::wrap",
      "higher_order::wrap_activation_checkpoint",
      "higher_order::wrap_with_autocast",
      "higher_order::wrap_with_set_grad_enabled",
  });
  return names->contains(name);
}

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
    SettleCalls();
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
        return ChildCall(around, kOwner, owner);
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
    for (Id graph : graphs) {
      const Range inputs = program_.graphs[graph].inputs;
      for (size_t i = 0; i < std::min<size_t>(inputs.size(), operands.size());
           ++i) {
        Bind(program_.ids[inputs.begin + i], operands[i]);
      }
    }
    const Id inside = call != kNone ? call : around != kNone ? around : 0;
    Id last = graphs.back();
    if (target.name == "higher_order::cond" && graphs.size() == 2) {
      last = AddDearer(graphs, inside, steps);
    } else {
      for (Id graph : graphs) AddGraph(graph, inside, steps);
      if (!IsWrapper(target.name)) ++loops_[target.name];
    }
    BindOutputs(node, last);
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
      costs[i] = Cost(sides[i]);
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

  Count Cost(const std::vector<Step>& steps) {
    Count cost = 0;
    if (!has_specs_) return cost;
    std::vector<OpArgument> arguments;
    std::vector<TensorSpec> outputs;
    for (const Step& step : steps) {
      specs_.Arguments(*step.node, arguments);
      specs_.Outputs(*step.node, outputs);
      OpCall op;
      op.name = program_.targets[step.node->target].name;
      op.overload = program_.targets[step.node->target].overload;
      op.arguments = arguments;
      op.outputs = outputs;
      // An unknown one says nothing of which branch is dearer.
      const std::optional<Count> macs = metrics::MacsOf(op);
      if (macs && macs->known()) cost += *macs;
    }
    return cost;
  }

  // Nodes that a pass of the exporter made belong to what is around them.
  void SettleCalls() {
    std::vector<Step>& steps = flat_.steps;
    std::vector<Id> next(steps.size(), 0);
    Id after = 0;
    for (size_t i = steps.size(); i-- > 0;) {
      if (steps[i].call != kNone) after = steps[i].call;
      next[i] = after;
    }
    Id before = 0;
    for (size_t i = 0; i < steps.size(); ++i) {
      if (steps[i].call != kNone) {
        before = steps[i].call;
      } else {
        steps[i].call = CommonCall(flat_.calls, before, next[i]);
      }
    }
  }

  const Program& program_;
  const Modules& modules_;
  FlatGraph flat_;
  std::vector<uint64_t> no_storages_;
  TensorSpecs specs_;
  bool has_specs_ = false;
  // A key that no frame has.
  static constexpr Id kOwner = -2;
  absl::flat_hash_map<std::tuple<Id, Id, int>, Id> call_ids_;
  std::vector<Id> call_of_stack_;
  absl::flat_hash_map<std::string, int> loops_;
};

}  // namespace

Id CommonCall(const std::vector<Call>& calls, Id a, Id b) {
  while (a != b) {
    if (calls[a].depth >= calls[b].depth) {
      a = calls[a].parent;
    } else {
      b = calls[b].parent;
    }
  }
  return a;
}

FlatGraph Flatten(const Program& program, const Modules& modules) {
  return Flattener(program, modules).Take();
}

}  // namespace strata::exported_program
