#include "plugins/sources/torchscript/watch_points.h"

#include <torch/csrc/jit/api/function_impl.h>
#include <torch/csrc/jit/ir/ir.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/strip.h"
#include "plugins/sources/torchscript/module_reader.h"
#include "plugins/sources/torchscript/traced_modules.h"

namespace strata::torchscript {
namespace {

using torch::jit::Graph;
using torch::jit::Node;

void InsertIntoMethod(Graph& graph, bool is_forward) {
  static const auto kEnterForward =
      c10::Symbol::fromQualString("strata::enter_forward");
  static const auto kEnterMethod =
      c10::Symbol::fromQualString("strata::enter_method");
  static const auto kLeave = c10::Symbol::fromQualString("strata::leave");
  Node* enter = graph.create(is_forward ? kEnterForward : kEnterMethod,
                             graph.inputs(), 0);
  graph.prependNode(enter);
  Node* leave = graph.create(kLeave, {graph.inputs()[0]}, 0);
  for (torch::jit::Value* output : graph.outputs()) leave->addInput(output);
  graph.appendNode(leave);
}

// The function that a node calls, or null.
torch::jit::Function* CalledBy(const Node& node) {
  if (node.kind() == c10::prim::CallFunction) {
    const auto type = node.inputs()[0]->type()->cast<c10::FunctionType>();
    return type ? type->function() : nullptr;
  }
  if (node.kind() == c10::prim::CallMethod) {
    const auto type = node.inputs()[0]->type()->cast<c10::ClassType>();
    return type ? type->findMethod(node.s(c10::attr::name)) : nullptr;
  }
  return nullptr;
}

// A tick in each loop of the graphs, and of those that they call, and so on.
void InsertTicks(std::vector<Graph*> graphs) {
  static const auto kTick = c10::Symbol::fromQualString("strata::tick");
  absl::flat_hash_set<const Graph*> seen(graphs.begin(), graphs.end());
  while (!graphs.empty()) {
    Graph* graph = graphs.back();
    graphs.pop_back();
    std::vector<torch::jit::Block*> blocks = {graph->block()};
    while (!blocks.empty()) {
      torch::jit::Block* block = blocks.back();
      blocks.pop_back();
      for (Node* node : block->nodes()) {
        torch::jit::Function* called = CalledBy(*node);
        if (called != nullptr && called->isGraphFunction()) {
          Graph* inner = torch::jit::tryToGraphFunction(*called)->graph().get();
          if (seen.insert(inner).second) graphs.push_back(inner);
        }
        for (torch::jit::Block* inner : node->blocks()) {
          blocks.push_back(inner);
          if (node->kind() == c10::prim::Loop) {
            inner->prependNode(graph->create(kTick, 0));
          }
        }
      }
    }
  }
}

// The methods that a class calls on its own object.
absl::flat_hash_set<std::string> CalledOnItself(const c10::ClassType& type) {
  absl::flat_hash_set<std::string> called;
  for (torch::jit::Function* caller : type.methods()) {
    auto* function = torch::jit::tryToGraphFunction(*caller);
    if (function == nullptr) continue;
    for (const torch::jit::Use& use : function->graph()->inputs()[0]->uses()) {
      if (use.offset == 0 && use.user->kind() == c10::prim::CallMethod) {
        called.insert(use.user->s(c10::attr::name));
      }
    }
  }
  return called;
}

// A trace has a method for each call of a module: forward, forward1, forward2.
// A person's helper of such a name is called by forward itself.
bool IsLaterForward(const std::string& method) {
  absl::string_view number = method;
  return absl::ConsumePrefix(&number, "forward") && !number.empty() &&
         number.find_first_not_of("0123456789") == absl::string_view::npos;
}

void InsertIntoClass(const c10::ClassType& type, std::vector<Graph*>& graphs) {
  const bool may_be_traced = !IsScripted(type);
  const absl::flat_hash_set<std::string> helpers = CalledOnItself(type);
  for (torch::jit::Function* method : type.methods()) {
    auto* function = torch::jit::tryToGraphFunction(*method);
    if (function == nullptr) continue;
    const bool is_later = may_be_traced && IsLaterForward(method->name()) &&
                          !helpers.contains(method->name());
    InsertIntoMethod(*function->graph(), IsForward(method->name()) || is_later);
    graphs.push_back(function->graph().get());
  }
}

}  // namespace

void InsertWatchPoints(const torch::jit::Module& root) {
  absl::flat_hash_set<const c10::ClassType*> seen;
  absl::flat_hash_set<ObjectId> seen_objects;
  std::vector<Graph*> graphs;
  std::vector<c10::intrusive_ptr<c10::ivalue::Object>> pending = {
      root._ivalue()};
  while (!pending.empty()) {
    const auto object = std::move(pending.back());
    pending.pop_back();
    if (!seen_objects.insert(object.get()).second) continue;
    const c10::ClassType& type = *object->type();
    for (size_t i = 0; i < type.numAttributes(); ++i) {
      if (type.getAttribute(i)->is_module() && object->getSlot(i).isObject()) {
        pending.push_back(object->getSlot(i).toObject());
      }
    }
    if (seen.insert(&type).second) InsertIntoClass(type, graphs);
  }
  InsertTicks(std::move(graphs));
}

}  // namespace strata::torchscript
