#include "plugins/sources/torch_module/module_index.h"

#include <algorithm>

#include "absl/algorithm/container.h"

namespace strata::torch_module {
namespace {

const std::vector<int>& None() {
  static const auto* const none = new std::vector<int>();
  return *none;
}

}  // namespace

ModuleIndex::ModuleIndex(const ModuleTree& tree) : tree_(tree) {
  for (const Module& module : tree.modules) {
    layers_.push_back(FindLayerClass(module.full_type));
    is_sequence_.push_back(torch_module::IsSequential(module.full_type));
  }
  ends_.resize(size());
  for (int i = size() - 1; i >= 0; --i) {
    ends_[i] = std::max(ends_[i], i + 1);
    if (i > 0) ends_[parent(i)] = std::max(ends_[parent(i)], ends_[i]);
  }
  RankModules();
  FindOwners();
  FindHolders();
}

void ModuleIndex::RankModules() {
  std::vector<std::vector<int>> children(size());
  for (int i = 1; i < size(); ++i) children[parent(i)].push_back(i);
  ranks_.resize(size());
  std::vector<int> stack = {0};
  for (int rank = 0; !stack.empty(); ++rank) {
    const int module = stack.back();
    stack.pop_back();
    ranks_[module] = rank;
    std::vector<int>& held = children[module];
    const auto& order = CallOrder(tree_.modules[module].full_type);
    if (!order.empty()) {
      absl::c_stable_sort(held, [&](int a, int b) {
        return absl::c_find(order, tree_.modules[a].name) <
               absl::c_find(order, tree_.modules[b].name);
      });
    }
    stack.insert(stack.end(), held.rbegin(), held.rend());
  }
}

void ModuleIndex::FindOwners() {
  for (int i = 0; i < size(); ++i) {
    const Module& module = tree_.modules[i];
    // Attention uses the weights of its last projection, and never calls it.
    const bool is_projection =
        module.name == "out_proj" && i > 0 && is_type(parent(i), kAttention);
    const int owner = is_projection ? parent(i) : i;
    for (const auto* infos : {&module.parameters, &module.buffers}) {
      for (const ParameterInfo& info : *infos) {
        if (info.tensor.storage == 0) continue;
        Places& owners = owners_[info.tensor.storage];
        if (!absl::c_linear_search(owners, owner)) owners.push_back(owner);
      }
    }
  }
}

void ModuleIndex::FindHolders() {
  std::vector<bool> has_parameters(size());
  for (int i = size() - 1; i > 0; --i) {
    if (!tree_.modules[i].parameters.empty()) has_parameters[i] = true;
    if (has_parameters[i]) has_parameters[parent(i)] = true;
  }
  holders_.resize(size());
  for (int i = 1; i < size(); ++i) {
    const int around = parent(i);
    const bool holds =
        around == 0 || (HasOwnCode(around) && has_parameters[around]);
    holders_[i] = holds ? around : holders_[around];
  }
  std::vector<int> by_rank(size());
  for (int i = 0; i < size(); ++i) by_rank[rank(i)] = i;
  for (const int i : by_rank) {
    if (layers_[i] == nullptr || layers_[i]->has_parameters) continue;
    for (const absl::string_view stem : layers_[i]->operators) {
      callers_[stem].push_back(i);
      callers_in_[{holders_[i], stem}].push_back(i);
    }
  }
}

int ModuleIndex::Common(int a, int b) const {
  while (!Contains(a, b)) a = parent(a);
  return a;
}

Places ModuleIndex::OwnersFor(const RecordedOperator& op, int scope) const {
  Places fewest;
  for (const TensorSpec* tensor : TensorsIn(op.arguments)) {
    const auto found = owners_.find(tensor->storage);
    if (tensor->storage == 0 || found == owners_.end()) continue;
    Places owners;
    for (const int owner : found->second) {
      const LayerClass* const layer = layers_[owner];
      // A weight that is used by others in another way: a tied head.
      if (layer != nullptr && !Calls(*layer, op.name)) continue;
      if (Contains(scope, owner)) owners.push_back(owner);
    }
    if (owners.empty()) continue;
    if (fewest.empty() || owners.size() < fewest.size()) fewest = owners;
  }
  return fewest;
}

const std::vector<int>& ModuleIndex::Callers(absl::string_view stem) const {
  const auto found = callers_.find(stem);
  return found == callers_.end() ? None() : found->second;
}

const std::vector<int>& ModuleIndex::CallersIn(int holder,
                                               absl::string_view stem) const {
  const auto found = callers_in_.find({holder, stem});
  return found == callers_in_.end() ? None() : found->second;
}

}  // namespace strata::torch_module
