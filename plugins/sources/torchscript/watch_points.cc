#include "plugins/sources/torchscript/watch_points.h"

#include <ATen/core/ivalue_inl.h>
#include <torch/csrc/jit/api/function_impl.h>
#include <torch/csrc/jit/ir/ir.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/strip.h"
#include "plugins/sources/torchscript/graph_nodes.h"
#include "plugins/sources/torchscript/module_objects.h"
#include "plugins/sources/torchscript/module_reader.h"
#include "plugins/sources/torchscript/traced_modules.h"
#include "plugins/sources/torchscript/watch_operators.h"

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

// The graphs, and those that they call, and so on.
std::vector<Graph*> WithCalled(std::vector<Graph*> graphs) {
  absl::flat_hash_set<const Graph*> seen(graphs.begin(), graphs.end());
  for (size_t i = 0; i < graphs.size(); ++i) {
    for (const Node* node : NodesOf(*graphs[i])) {
      torch::jit::Function* called = CalledBy(*node);
      if (called == nullptr || !called->isGraphFunction()) continue;
      Graph* inner = torch::jit::tryToGraphFunction(*called)->graph().get();
      if (seen.insert(inner).second) graphs.push_back(inner);
    }
  }
  return graphs;
}

// A tick at the start of each loop's body.
void InsertTicks(Graph& graph) {
  static const auto kTick = c10::Symbol::fromQualString("strata::tick");
  for (Node* node : NodesOf(graph)) {
    if (node->kind() != c10::prim::Loop) continue;
    node->blocks()[0]->prependNode(graph.create(kTick, 0));
  }
}

bool IsDevice(const c10::TypePtr& type) {
  if (const auto optional = type->cast<c10::OptionalType>()) {
    return optional->getElementType()->kind() == c10::TypeKind::DeviceObjType;
  }
  return type->kind() == c10::TypeKind::DeviceObjType;
}

torch::jit::Value* InsertConstant(Node& before, const c10::IValue& value) {
  torch::jit::WithInsertPoint at(&before);
  return before.owningGraph()->insertConstant(value);
}

// Where an operator that takes a device makes a tensor, it makes a meta one.
// `None` means the device of the first tensor, or else the CPU.
void MakeMetaTensors(Node& node) {
  const c10::FunctionSchema* schema = node.maybeSchema();
  if (schema == nullptr) return;
  bool takes_tensor = false;
  for (size_t i = 0; i < schema->arguments().size(); ++i) {
    const c10::TypePtr& type = schema->arguments()[i].type();
    takes_tensor |= type->kind() == c10::TypeKind::TensorType;
    if (!IsDevice(type) || i >= node.inputs().size()) continue;
    const bool is_none =
        node.inputs()[i]->type()->kind() == c10::TypeKind::NoneType;
    if (is_none && takes_tensor) continue;
    node.replaceInput(i, InsertConstant(node, c10::Device(c10::kMeta)));
  }
}

// Before a node that reads a tensor's memory itself, not through an operator.
void ReadValuesOf(Node& node, size_t input) {
  static const auto kValuesOf =
      c10::Symbol::fromQualString("strata::values_of");
  Node* values = node.owningGraph()->create(
      kValuesOf,
      {node.inputs()[input],
       InsertConstant(node, std::string(node.kind().toQualString()))},
      1);
  values->insertBefore(&node);
  node.replaceInput(input, values->output());
}

// Operators for sequences of several lengths, which C++ reads.
void ReadLengths(Node& node) {
  const c10::FunctionSchema* schema = node.maybeSchema();
  if (schema == nullptr) return;
  const std::vector<c10::Argument>& arguments = schema->arguments();
  for (size_t i = 0; i < arguments.size() && i < node.inputs().size(); ++i) {
    if (arguments[i].type()->kind() != c10::TypeKind::TensorType) continue;
    if (arguments[i].name() == "lengths" ||
        arguments[i].name() == "batch_sizes") {
      ReadValuesOf(node, i);
    }
  }
}

// The code asks where its tensors are, and chooses kernels by the answer: it is
// told what it would be told in a run on the CPU.
void UseMetaDevice(Graph& graph) {
  static const auto kToList = c10::Symbol::fromQualString("prim::tolist");
  static const auto kToCpu = c10::Symbol::fromQualString("aten::cpu");
  static const auto kIsCpu = c10::Symbol::fromQualString("prim::is_cpu");
  static const auto kIsMeta = c10::Symbol::fromQualString("prim::is_meta");
  for (Node* node : NodesOf(graph)) {
    const c10::Symbol kind = node->kind();
    if (kind == c10::prim::device) {
      node->output()->replaceAllUsesWith(
          InsertConstant(*node, c10::Device(c10::kCPU)));
    } else if (kind == kIsCpu || kind == kIsMeta) {
      node->output()->replaceAllUsesWith(InsertConstant(*node, kind == kIsCpu));
    } else if (kind == kToCpu) {
      node->output()->replaceAllUsesWith(node->inputs()[0]);
    } else if (kind == kToList) {
      ReadValuesOf(*node, 0);
    } else if (kind.is_aten()) {
      MakeMetaTensors(*node);
      ReadLengths(*node);
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

void InsertIntoClass(const c10::ClassType& type) {
  const bool may_be_traced = !IsScripted(type);
  const absl::flat_hash_set<std::string> helpers = CalledOnItself(type);
  for (torch::jit::Function* method : type.methods()) {
    auto* function = torch::jit::tryToGraphFunction(*method);
    if (function == nullptr) continue;
    const bool is_later = may_be_traced && IsLaterForward(method->name()) &&
                          !helpers.contains(method->name());
    InsertIntoMethod(*function->graph(), IsForward(method->name()) || is_later);
  }
}

// The classes of the objects, each once.
std::vector<const c10::ClassType*> ClassesOf(
    const std::vector<ObjectPtr>& objects) {
  std::vector<const c10::ClassType*> classes;
  absl::flat_hash_set<const c10::ClassType*> seen;
  for (const ObjectPtr& object : objects) {
    const c10::ClassType* type = object->type().get();
    if (seen.insert(type).second) classes.push_back(type);
  }
  return classes;
}

// The graphs of all their methods.
std::vector<Graph*> GraphsOf(
    const std::vector<const c10::ClassType*>& classes) {
  std::vector<Graph*> graphs;
  for (const c10::ClassType* type : classes) {
    for (torch::jit::Function* method : type->methods()) {
      auto* function = torch::jit::tryToGraphFunction(*method);
      if (function != nullptr) graphs.push_back(function->graph().get());
    }
  }
  return graphs;
}

}  // namespace

void UseMetaDevice(torch::jit::Function& function) {
  if (!function.isGraphFunction()) return;
  Graph* const graph = torch::jit::tryToGraphFunction(function)->graph().get();
  for (Graph* called : WithCalled({graph})) UseMetaDevice(*called);
}

void InsertWatchPoints(const torch::jit::Module& root, bool shapes_only) {
  RegisterWatchOperators();
  const std::vector<const c10::ClassType*> classes =
      ClassesOf(AllObjects(root));
  const std::vector<Graph*> graphs = WithCalled(GraphsOf(classes));
  for (const c10::ClassType* type : classes) InsertIntoClass(*type);
  for (Graph* graph : graphs) {
    InsertTicks(*graph);
    if (shapes_only) UseMetaDevice(*graph);
  }
}

torch::jit::Module WithoutWatchPoints(const torch::jit::Module& root) {
  torch::jit::Module copy = root.clone(/*inplace=*/true);
  for (Graph* graph : GraphsOf(ClassesOf(AllObjects(copy)))) {
    for (Node* node : NodesOf(*graph)) {
      const std::string kind = node->kind().toQualString();
      if (kind == "strata::enter_forward" || kind == "strata::enter_method" ||
          kind == "strata::leave" || kind == "strata::tick") {
        node->destroy();
      }
    }
  }
  return copy;
}

}  // namespace strata::torchscript
