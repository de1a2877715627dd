#include "plugins/sources/exported_program/plan.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/numbers.h"
#include "plugins/sources/exported_program/call_values.h"
#include "plugins/sources/exported_program/passed_through.h"

namespace strata::exported_program {
namespace {

class Planner {
 public:
  Planner(const Program& program, const Modules& modules)
      : program_(program), modules_(modules) {}

  Plan Make() {
    plan_.flat = Flatten(program_, modules_);
    NumberCalls();
    const absl::flat_hash_map<Id, const CallSignature*> signatures =
        FindSignatures();
    AddEvents();
    const std::vector<Id> passed = PassedThrough(program_, plan_.flat);
    FindCallValues(program_, modules_, passed, signatures, plan_.flat);
    plan_.storages = FindStorages(program_, modules_, plan_.flat, passed);
    return std::move(plan_);
  }

 private:
  std::vector<Call>& calls() { return plan_.flat.calls; }

  // Calls of one module count in the order of their first steps.
  void NumberCalls() {
    calls_of_.assign(modules_.tree.size(), 0);
    calls()[0].number = calls_of_[0]++;
    for (const Step& step : plan_.flat.steps) {
      // The outermost first, though only one of them can be new as a rule.
      std::vector<Id> fresh;
      for (Id call = step.call; calls()[call].number < 0;
           call = calls()[call].parent) {
        fresh.push_back(call);
      }
      for (; !fresh.empty(); fresh.pop_back()) {
        Call& call = calls()[fresh.back()];
        call.number = calls_of_[call.module]++;
        by_number_[{call.module, call.number}] = fresh.back();
      }
    }
  }

  // Preserved signatures by their calls. One of a module without operators is a
  // call that is added.
  absl::flat_hash_map<Id, const CallSignature*> FindSignatures() {
    absl::flat_hash_map<Id, const CallSignature*> found;
    std::vector<std::pair<size_t, Step>> added;
    std::vector<size_t> producers;
    for (const CallSignature& signature : program_.signatures) {
      const auto [module, number] = ModuleAndNumber(signature.name);
      if (module < 0 || signature.outputs.size() == 0) continue;
      const auto known = by_number_.find({module, number});
      if (known != by_number_.end()) {
        found[known->second] = &signature;
        continue;
      }
      if (number != calls_of_[module]) continue;
      if (producers.empty()) producers = Producers();
      const size_t place = PlaceOf(signature, producers);
      const Id call = AddCall(module, place);
      found[call] = &signature;
      added.push_back({place, {nullptr, call}});
    }
    std::stable_sort(
        added.begin(), added.end(),
        [](const auto& a, const auto& b) { return a.first < b.first; });
    if (!added.empty()) Insert(added);
    return found;
  }

  std::pair<int, int> ModuleAndNumber(const std::string& name) const {
    auto module = modules_.by_path.find(name);
    if (module != modules_.by_path.end()) return {module->second, 0};
    const size_t at = name.rfind('@');
    int number = -1;
    if (at == name.npos || !absl::SimpleAtoi(name.substr(at + 1), &number)) {
      return {-1, 0};
    }
    module = modules_.by_path.find(name.substr(0, at));
    if (module == modules_.by_path.end() || number < 0) return {-1, 0};
    return {module->second, number};
  }

  // By value: the place after the step that makes it; 0 for the inputs.
  std::vector<size_t> Producers() const {
    std::vector<size_t> producers(program_.values.size(), 0);
    for (size_t i = 0; i < plan_.flat.steps.size(); ++i) {
      if (plan_.flat.steps[i].node == nullptr) continue;
      const Range outputs = plan_.flat.steps[i].node->outputs;
      for (uint32_t j = outputs.begin; j < outputs.end; ++j) {
        producers[plan_.flat.canonical[program_.ids[j]]] = i + 1;
      }
    }
    return producers;
  }

  size_t PlaceOf(const CallSignature& signature,
                 const std::vector<size_t>& producers) const {
    size_t place = 0;
    for (uint32_t i = signature.inputs.begin; i < signature.inputs.end; ++i) {
      const Id id = program_.ids[i];
      if (id != kNone) {
        place = std::max(place, producers[plan_.flat.canonical[id]]);
      }
    }
    return place;
  }

  // A call of `module` between two steps, inside of the innermost call there
  // that is one of a module around it.
  Id AddCall(int module, size_t place) {
    const std::vector<Step>& steps = plan_.flat.steps;
    Id best = 0;
    for (const size_t near : {place, place - 1}) {
      if (near >= steps.size()) continue;
      for (Id call = steps[near].call; call != kNone;
           call = calls()[call].parent) {
        if (IsAround(calls()[call].module, module) &&
            calls()[call].depth > calls()[best].depth) {
          best = call;
        }
      }
    }
    Call call;
    call.parent = best;
    call.module = module;
    call.number = calls_of_[module]++;
    call.depth = calls()[best].depth + 1;
    calls().push_back(std::move(call));
    return static_cast<Id>(calls().size()) - 1;
  }

  bool IsAround(int outer, int inner) const {
    while (inner > outer) inner = modules_.tree.modules[inner].parent;
    return inner == outer;
  }

  void Insert(const std::vector<std::pair<size_t, Step>>& added) {
    std::vector<Step> merged;
    size_t next = 0;
    for (size_t i = 0; i <= plan_.flat.steps.size(); ++i) {
      while (next < added.size() && added[next].first == i) {
        merged.push_back(added[next++].second);
      }
      if (i < plan_.flat.steps.size()) merged.push_back(plan_.flat.steps[i]);
    }
    plan_.flat.steps = std::move(merged);
  }

  // A call that was left is not begun again: what comes later of it, as a pass
  // of the exporter may have moved it, is told as an operator of its module.
  void AddEvents() {
    std::vector<bool> was_left(calls().size(), false);
    std::vector<Id> open = {0};
    plan_.events.push_back({Event::What::kEnter, 0});
    const auto leave_to = [&](Id around) {
      while (open.back() != around) {
        was_left[open.back()] = true;
        plan_.events.push_back({Event::What::kLeave, open.back()});
        open.pop_back();
      }
    };
    std::vector<Id> path;
    for (size_t i = 0; i < plan_.flat.steps.size(); ++i) {
      const Step& step = plan_.flat.steps[i];
      // The calls from this one outwards, to one that is open.
      path.clear();
      Id call = step.call;
      while (!IsOpen(open, call)) {
        if (!was_left[call]) path.push_back(call);
        call = calls()[call].parent;
      }
      leave_to(call);
      for (; !path.empty(); path.pop_back()) {
        open.push_back(path.back());
        plan_.events.push_back({Event::What::kEnter, path.back()});
      }
      if (step.control != nullptr) {
        plan_.events.push_back({Event::What::kControl, static_cast<Id>(i)});
      } else if (step.node != nullptr) {
        plan_.events.push_back({Event::What::kOperator, static_cast<Id>(i)});
      }
    }
    leave_to(0);
    plan_.events.push_back({Event::What::kLeave, 0});
  }

  // `open` may leave out calls that had been left, so depth is a bound only.
  bool IsOpen(const std::vector<Id>& open, Id call) const {
    for (size_t i =
             std::min<size_t>(open.size(), plan_.flat.calls[call].depth + 1);
         i-- > 0;) {
      if (open[i] == call) return true;
      if (plan_.flat.calls[open[i]].depth < plan_.flat.calls[call].depth) break;
    }
    return false;
  }

  const Program& program_;
  const Modules& modules_;
  Plan plan_;
  std::vector<int> calls_of_;  // By module: how many there are.
  absl::flat_hash_map<std::pair<int, int>, Id> by_number_;
};

}  // namespace

Plan MakePlan(const Program& program, const Modules& modules) {
  return Planner(program, modules).Make();
}

}  // namespace strata::exported_program
