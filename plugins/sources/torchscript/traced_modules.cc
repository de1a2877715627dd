#include "plugins/sources/torchscript/traced_modules.h"

#include <torch/csrc/jit/api/function_impl.h>
#include <torch/csrc/jit/ir/ir.h>

#include <cstdint>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "plugins/sources/torchscript/graph_nodes.h"
#include "plugins/sources/torchscript/module_reader.h"

namespace strata::torchscript {
namespace {

// Classes of which a method reads a tensor.
using ReadClasses = absl::flat_hash_set<const c10::Type*>;

void AddReads(torch::jit::Graph& graph, ReadClasses& read) {
  for (const torch::jit::Node* node : NodesOf(graph)) {
    if (node->kind() == c10::prim::GetAttr &&
        !node->output()->type()->is_module()) {
      read.insert(node->input()->type().get());
    }
  }
}

ReadClasses ClassesThatAreRead(const std::vector<c10::ClassTypePtr>& types) {
  ReadClasses read;
  absl::flat_hash_set<const c10::Type*> seen;
  for (const c10::ClassTypePtr& type : types) {
    if (!seen.insert(type.get()).second) continue;
    for (torch::jit::Function* method : type->methods()) {
      auto* function = torch::jit::tryToGraphFunction(*method);
      if (function != nullptr) AddReads(*function->graph(), read);
    }
  }
  return read;
}

bool IsPyTorchs(const Module& module) {
  return absl::StartsWith(module.full_type, "torch.nn.modules.");
}

// Only a trace has layers of PyTorch's own with parameters that IsScripted says
// no of, and only where none was scripted are the user's classes traced too.
bool IsTracedThroughout(const ModuleTree& tree,
                        const std::vector<c10::ClassTypePtr>& types) {
  bool has_layer = false;
  for (int i = 0; i < tree.size(); ++i) {
    if (IsScripted(*types[i])) return false;
    const Module& module = tree.modules[i];
    has_layer |= IsPyTorchs(module) && !IsListOfOthers(module) &&
                 !module.parameters.empty();
  }
  return has_layer;
}

// A tensor in a class: by both a module is known that has other names too,
// under the last of which a trace calls it.
using HeldTensor = std::pair<uint64_t, absl::string_view>;

std::vector<HeldTensor> HeldTensors(const Module& module) {
  std::vector<HeldTensor> held;
  for (const auto* list : {&module.parameters, &module.buffers}) {
    for (const ParameterInfo& info : *list) {
      held.emplace_back(info.tensor.storage, module.full_type);
    }
  }
  return held;
}

}  // namespace

bool IsScripted(const c10::ClassType& type) {
  if (type.numConstants() > 0) return true;
  const auto hook = type.findAttributeSlot("_is_full_backward_hook");
  return !hook ||
         type.getAttribute(*hook)->kind() != c10::TypeKind::OptionalType;
}

std::vector<int> ModulesNotTraced(const ModuleTree& tree,
                                  const std::vector<c10::ClassTypePtr>& types) {
  const ReadClasses read = ClassesThatAreRead(types);
  const bool is_traced = IsTracedThroughout(tree, types);
  std::vector<bool> is_used(tree.size());
  absl::flat_hash_set<HeldTensor> used_tensors;
  for (int i = 0; i < tree.size(); ++i) {
    is_used[i] = !types[i]->methods().empty() || read.contains(types[i].get());
    if (!is_used[i]) continue;
    for (const HeldTensor& held : HeldTensors(tree.modules[i])) {
      used_tensors.insert(held);
    }
  }
  // From the last to the first, so that children come before their parents.
  std::vector<bool> is_lost(tree.size(), false);
  for (int i = tree.size() - 1; i > 0; --i) {
    const Module& module = tree.modules[i];
    const std::vector<HeldTensor> tensors = HeldTensors(module);
    for (const HeldTensor& held : tensors) {
      if (used_tensors.contains(held)) is_used[i] = true;
    }
    const bool can_tell = is_traced || IsPyTorchs(module);
    if (can_tell && !tensors.empty()) is_lost[i] = true;
    if (is_used[i] || IsScripted(*types[i])) is_lost[i] = false;
    if (is_used[i]) is_used[module.parent] = true;
    if (is_lost[i]) is_lost[module.parent] = true;
  }
  std::vector<int> lost;
  for (int i = 1; i < tree.size(); ++i) {
    if (is_lost[i] && !IsListOfOthers(tree.modules[i])) lost.push_back(i);
  }
  return lost;
}

}  // namespace strata::torchscript
