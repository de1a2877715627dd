#include "plugins/sources/exported_run/executor.h"

#include <ATen/core/ivalue_inl.h>

#include <stdexcept>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/error.h"
#include "plugins/sources/exported_run/graph_settings.h"
#include "plugins/sources/exported_run/python_operator.h"

namespace strata::exported_run {

using exported_program::Argument;
using What = Instruction::What;

absl::StatusOr<std::unique_ptr<Executor>> Executor::Make(
    const Program& program, const exported_program::Modules& modules,
    const Plan& plan, c10::Device device) {
  std::unique_ptr<Executor> made(new Executor(program, plan, device));
  const absl::Status prepared = made->Prepare(modules);
  if (!prepared.ok()) return prepared;
  return made;
}

absl::Status Executor::Prepare(const exported_program::Modules& modules) {
  absl::StatusOr<Instructions> instructions =
      MakeInstructions(program_, modules, plan_);
  if (!instructions.ok()) return instructions.status();
  instructions_ = *std::move(instructions);
  for (const Instruction& next : instructions_.list) {
    call_of_.push_back(static_cast<uint32_t>(calls_.size()));
    absl::Status status;
    const bool is_python = next.what == What::kPython;
    if (next.what == What::kOperator || (is_python && IsNative(*next.node))) {
      absl::StatusOr<OperatorCall> call = OperatorCall::Make(
          program_, plan_.flat.canonical, *next.node, device_);
      status = call.status();
      if (call.ok()) {
        const auto frees = instructions_.ids.begin();
        call->GiveUp({frees + next.frees.begin, frees + next.frees.end});
        calls_.push_back(*std::move(call));
      }
    } else if (is_python &&
               !IsPythonOperator(program_.targets[next.node->target].name)) {
      status = absl::UnimplementedError("cannot be run outside of Python");
    } else if (next.what == What::kSet) {
      status = GraphSettings::Check(program_, *next.node);
    }
    if (!status.ok()) {
      return WithHint(
          absl::Status(status.code(),
                       absl::StrCat(OperatorInModule(program_, modules,
                                                     *next.node, next.id),
                                    " ", status.message())),
          ErrorHint(status));
    }
  }
  return absl::OkStatus();
}

void Executor::SetStored(const std::vector<at::Tensor>& tensors) {
  for (size_t i = 0; i < tensors.size(); ++i) {
    const Id value = plan_.flat.canonical[program_.stored[i].value];
    values_[value] = tensors[i];
    is_stored_[value] = true;
  }
}

void Executor::Run(const std::vector<Input>& inputs, RunListener& listener) {
  Clear();
  for (const Input& input : inputs) {
    values_[plan_.flat.canonical[input.value]] = input.is;
  }
  RunAll(listener);
}

void Executor::RunAll(RunListener& listener) {
  GraphSettings settings(device_);
  const Instruction* const begin = instructions_.list.data();
  const Instruction* const end = begin + instructions_.list.size();
  for (const Instruction* next = begin; next != end;) {
    const Instruction& now = *next++;
    switch (now.what) {
      case What::kEnter:
        listener.Enter(plan_.flat.calls[now.id], values_);
        break;
      case What::kLeave:
        listener.Leave(plan_.flat.calls[now.id], values_);
        break;
      case What::kOperator:
        listener.Check();
        calls_[call_of_[&now - begin]].Run(values_, stack_);
        break;
      case What::kPython:
        if (IsNative(*now.node)) {
          calls_[call_of_[&now - begin]].Run(values_, stack_);
        } else {
          RunPython(*now.node);
        }
        break;
      case What::kUnless:
        listener.Check();
        if (!IsTrue(now.id)) next = begin + now.target;
        break;
      case What::kCopy:
        Copy(now);
        next = begin + now.target;
        break;
      case What::kSet:
        settings.Set(program_, *now.node);
        break;
      case What::kReset:
        settings.Reset();
        break;
      case What::kNothing:
        break;
    }
    for (uint32_t i = now.frees.begin; i < now.frees.end; ++i) {
      values_[instructions_.ids[i]] = c10::IValue();
    }
  }
}

bool Executor::IsNative(const Node& node) const {
  return absl::StrContains(program_.targets[node.target].name, "::");
}

bool Executor::IsTrue(Id id) const {
  const c10::IValue& value = values_[id];
  if (value.isTensor()) {
    const at::Tensor& tensor = value.toTensor();
    if (tensor.is_cpu() && tensor.numel() == 1 &&
        tensor.scalar_type() == at::kBool) {
      return *tensor.const_data_ptr<bool>();
    }
    return tensor.item().toBool();
  }
  if (value.isBool()) return value.toBool();
  if (value.isInt()) return value.toInt() != 0;
  throw std::runtime_error("a condition is neither true nor false");
}

void Executor::Copy(const Instruction& instruction) {
  Values copied;
  for (uint32_t i = instruction.from.begin; i < instruction.from.end; ++i) {
    copied.push_back(values_[instructions_.ids[i]]);
  }
  for (size_t i = 0; i < copied.size(); ++i) {
    values_[instructions_.ids[instruction.to.begin + i]] = std::move(copied[i]);
  }
}

c10::IValue Executor::NumberOf(const Argument& argument) const {
  if (argument.kind == Argument::Kind::kTensor) {
    return values_[plan_.flat.canonical[argument.id]];
  }
  if (argument.value != kNone) {
    return values_[plan_.flat.canonical[argument.value]];
  }
  if (argument.kind == Argument::Kind::kInteger) return argument.integer;
  if (argument.kind == Argument::Kind::kReal) return argument.real;
  if (argument.kind == Argument::Kind::kBool) return argument.integer != 0;
  return {};
}

void Executor::RunPython(const Node& node) {
  Values numbers;
  for (uint32_t i = node.arguments.begin; i < node.arguments.end; ++i) {
    numbers.push_back(NumberOf(program_.arguments[i]));
  }
  c10::IValue result =
      RunPythonOperator(program_.targets[node.target].name, numbers);
  if (node.returns.size() != 1 || program_.ids[node.returns.begin] == kNone) {
    return;
  }
  values_[plan_.flat.canonical[program_.ids[node.returns.begin]]] =
      std::move(result);
}

std::vector<c10::IValue> Executor::TakeOutputs() {
  std::vector<c10::IValue> outputs;
  for (const Id value : program_.user_outputs) {
    outputs.push_back(values_[plan_.flat.canonical[value]]);
  }
  Clear();
  return outputs;
}

void Executor::Clear() {
  stack_.clear();
  for (size_t i = 0; i < values_.size(); ++i) {
    if (!is_stored_[i]) values_[i] = c10::IValue();
  }
}

}  // namespace strata::exported_run
