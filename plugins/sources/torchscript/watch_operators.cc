#include "plugins/sources/torchscript/watch_operators.h"

#include <ATen/core/ivalue_inl.h>
#include <torch/csrc/jit/runtime/custom_operator.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "plugins/sources/libtorch/value_specs.h"
#include "plugins/sources/torchscript/kept_values.h"
#include "plugins/sources/torchscript/shape_kernels.h"

namespace strata::torchscript {
namespace {

using torch::jit::Stack;

thread_local ModuleWatch* current_watch = nullptr;

// Our operators take any number of values; the interpreter puts how many on
// top.
std::vector<c10::IValue> TakeArguments(Stack& stack) {
  const size_t count = torch::jit::pop(stack).toInt();
  std::vector<c10::IValue> arguments(stack.end() - count, stack.end());
  stack.resize(stack.size() - count);
  return arguments;
}

// In a run for the clock nothing is looked at that takes time.
bool ClockEnters(Stack& stack, bool is_forward) {
  libtorch::RunClock* const clock = CurrentClock();
  if (clock == nullptr) return false;
  const size_t count = torch::jit::pop(stack).toInt();
  const auto id = reinterpret_cast<libtorch::RunningId>(
      &(stack.end() - count)->toObjectRef());
  torch::jit::drop(stack, count);
  clock->Enter(id, is_forward);
  return true;
}

bool ClockLeaves(Stack& stack) {
  libtorch::RunClock* const clock = CurrentClock();
  if (clock == nullptr) return false;
  clock->Leave();
  torch::jit::drop(stack, torch::jit::pop(stack).toInt());
  return true;
}

void EnterForward(Stack& stack) {
  if (ClockEnters(stack, true)) return;
  const std::vector<c10::IValue> arguments = TakeArguments(stack);
  if (current_watch != nullptr) current_watch->Enter(arguments, true);
}

void EnterMethod(Stack& stack) {
  if (ClockEnters(stack, false)) return;
  const std::vector<c10::IValue> arguments = TakeArguments(stack);
  if (current_watch != nullptr) current_watch->Enter(arguments, false);
}

void LeaveMethod(Stack& stack) {
  if (ClockLeaves(stack)) return;
  const std::vector<c10::IValue> arguments = TakeArguments(stack);
  if (current_watch != nullptr) current_watch->Leave(arguments);
}

void Tick(Stack& /*stack*/) {
  if (CurrentClock() != nullptr) CurrentClock()->Check();
  if (current_watch != nullptr) current_watch->run().CheckTime();
}

// Of a tensor in the file, say; those of activations nobody knows.
void GiveValuesOf(Stack& stack) {
  const std::string op = torch::jit::pop(stack).toStringRef();
  const at::Tensor tensor = torch::jit::pop(stack).toTensor();
  if (!tensor.defined() || !tensor.is_meta()) {
    stack.emplace_back(tensor);
    return;
  }
  const std::optional<at::Tensor> values = ValuesOf(tensor);
  if (!values) RaiseNeedsValues(op);
  stack.emplace_back(*values);
}

std::vector<TensorSpec> SpecsOf(c10::ArrayRef<c10::IValue> values) {
  std::vector<TensorSpec> specs;
  for (const c10::IValue& value : values) {
    libtorch::AppendTensors(value, specs);
  }
  return specs;
}

// The options, with the packed weights of the file.
libtorch::WatchOptions WithPacked(libtorch::WatchOptions options,
                                  const ReadModules& modules) {
  options.unpack = [&modules](const c10::IValue& value) {
    return modules.packed.TensorsOf(value);
  };
  return options;
}

}  // namespace

ModuleWatch::ModuleWatch(const ReadModules& modules, ModuleVisitor& visitor,
                         libtorch::WatchOptions options)
    : modules_(modules),
      run_(modules.tree, visitor, WithPacked(std::move(options), modules)) {
  current_watch = this;
}

ModuleWatch::~ModuleWatch() { current_watch = nullptr; }

void ModuleWatch::Enter(c10::ArrayRef<c10::IValue> self_and_inputs,
                        bool is_forward) {
  const int module = PlaceOf(modules_, self_and_inputs[0].toObject().get(),
                             run_.is_running() ? run_.Running() : -1);
  run_.Enter(module, is_forward, SpecsOf(self_and_inputs.slice(1)));
}

void ModuleWatch::Leave(c10::ArrayRef<c10::IValue> self_and_outputs) {
  run_.Leave(SpecsOf(self_and_outputs.slice(1)));
}

libtorch::RunClock*& CurrentClock() {
  static thread_local libtorch::RunClock* current = nullptr;
  return current;
}

libtorch::ModuleOf ByAddress(const ReadModules& modules) {
  return [&modules](libtorch::RunningId id, int running) {
    return PlaceOf(modules, reinterpret_cast<ObjectId>(id), running);
  };
}

// CONSERVATIVE: they may do anything, so no pass removes or moves them.
void RegisterWatchOperators() {
  static const auto* const operators = new torch::jit::RegisterOperators({
      torch::jit::Operator("strata::enter_forward(...) -> ()", EnterForward,
                           c10::AliasAnalysisKind::CONSERVATIVE),
      torch::jit::Operator("strata::enter_method(...) -> ()", EnterMethod,
                           c10::AliasAnalysisKind::CONSERVATIVE),
      torch::jit::Operator("strata::leave(...) -> ()", LeaveMethod,
                           c10::AliasAnalysisKind::CONSERVATIVE),
      torch::jit::Operator("strata::tick() -> ()", Tick,
                           c10::AliasAnalysisKind::CONSERVATIVE),
      torch::jit::Operator("strata::values_of(Tensor tensor, str op) -> Tensor",
                           GiveValuesOf, c10::AliasAnalysisKind::CONSERVATIVE),
  });
  (void)operators;
}

}  // namespace strata::torchscript
