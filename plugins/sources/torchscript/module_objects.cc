#include "plugins/sources/torchscript/module_objects.h"

#include <ATen/core/ivalue_inl.h>
#include <torch/csrc/jit/api/function_impl.h>
#include <torch/csrc/jit/runtime/custom_operator.h>

#include <functional>
#include <optional>
#include <stdexcept>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"

namespace strata::torchscript {
namespace {

constexpr char kCallsAttribute[] = "_strata_calls";

// The modules of a shortened chain by name; nothing for any other object.
std::optional<c10::impl::GenericDict> ChainOf(
    const c10::ivalue::Object& object) {
  const auto slot = object.type()->findAttributeSlot(kChainAttribute);
  if (!slot || !object.getSlot(*slot).isGenericDict()) return std::nullopt;
  return object.getSlot(*slot).toGenericDict();
}

void RunChain(torch::jit::Stack& stack) {
  c10::IValue value = torch::jit::pop(stack);
  const ObjectPtr self = torch::jit::pop(stack).toObject();
  const auto chain = ChainOf(*self);
  if (!chain) throw std::runtime_error("strata::run_chain of no chain");
  std::vector<ObjectPtr> modules;
  modules.reserve(chain->size());
  for (const auto& entry : *chain) modules.push_back(entry.value().toObject());
  for (const int64_t call : self->getAttr(kCallsAttribute).toIntVector()) {
    const ObjectPtr& module = modules[call];
    torch::jit::Function& forward = module->type()->getMethod("forward");
    torch::jit::Stack arguments = {module, std::move(value)};
    auto* code = torch::jit::tryToGraphFunction(forward);
    if (code == nullptr) throw std::runtime_error("forward is no TorchScript");
    auto done = code->runAsync(arguments, RunInline);
    done->waitAndThrow();
    value = done->value();
  }
  stack.push_back(std::move(value));
}

}  // namespace

std::vector<HeldModule> ModulesOf(const c10::ivalue::Object& object) {
  std::vector<HeldModule> modules;
  const c10::ClassType& type = *object.type();
  for (size_t i = 0; i < type.numAttributes(); ++i) {
    if (type.getAttribute(i)->is_module() && object.getSlot(i).isObject()) {
      modules.push_back(
          {type.getAttributeName(i), object.getSlot(i).toObject()});
    }
  }
  if (const auto chain = ChainOf(object)) {
    for (const auto& entry : *chain) {
      modules.push_back({entry.key().toStringRef(), entry.value().toObject()});
    }
  }
  return modules;
}

std::vector<ObjectPtr> AllObjects(const torch::jit::Module& root) {
  std::vector<ObjectPtr> objects = {root._ivalue()};
  absl::flat_hash_set<const void*> seen = {objects[0].get()};
  for (size_t i = 0; i < objects.size(); ++i) {
    for (HeldModule& held : ModulesOf(*objects[i])) {
      if (seen.insert(held.object.get()).second) {
        objects.push_back(std::move(held.object));
      }
    }
  }
  return objects;
}

void SetTraining(const torch::jit::Module& root, bool training) {
  for (const ObjectPtr& object : AllObjects(root)) {
    const auto slot = object->type()->findAttributeSlot("training");
    if (slot) object->setSlot(*slot, training);
  }
}

void SetChain(c10::ivalue::Object& object, const ChainClass& chain,
              const c10::impl::GenericDict& values) {
  c10::impl::GenericDict modules(c10::StringType::get(), c10::AnyType::get());
  modules.reserve(chain.modules.size());
  for (const std::string& name : chain.modules) {
    const c10::IValue& value = values.at(name);
    value.toObject();  // Raises where a hostile file has something else.
    modules.insert(name, value);
  }
  object.setAttr(kChainAttribute, std::move(modules));
  object.setAttr(kCallsAttribute, c10::List<int64_t>(std::vector<int64_t>(
                                      chain.calls.begin(), chain.calls.end())));
}

void RegisterRunChain() {
  static const auto* const operators =
      new torch::jit::RegisterOperators({torch::jit::Operator(
          "strata::run_chain(Any self, Tensor input) -> Tensor", RunChain,
          c10::AliasAnalysisKind::CONSERVATIVE)});
  (void)operators;
}

}  // namespace strata::torchscript
