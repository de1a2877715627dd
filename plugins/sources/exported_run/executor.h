// Runs a program's instructions.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_RUN_EXECUTOR_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_RUN_EXECUTOR_H_

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <c10/core/Device.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "plugins/sources/exported_program/modules.h"
#include "plugins/sources/exported_program/plan.h"
#include "plugins/sources/exported_program/program.h"
#include "plugins/sources/exported_run/instructions.h"
#include "plugins/sources/exported_run/operator_call.h"

namespace strata::exported_run {

// What a run tells while it runs. Each may raise an exception, which ends it.
class RunListener {
 public:
  virtual ~RunListener() = default;
  virtual void Enter(const exported_program::Call& call,
                     const Values& values) = 0;
  virtual void Leave(const exported_program::Call& call,
                     const Values& values) = 0;
  // Before each operator.
  virtual void Check() = 0;
};

// Refers to what it is made of.
class Executor {
 public:
  // Looks up each operator once. Errors name the operator and its module.
  static absl::StatusOr<std::unique_ptr<Executor>> Make(
      const Program& program, const exported_program::Modules& modules,
      const Plan& plan, c10::Device device);

  // The stored tensors, by Program::stored.
  void SetStored(const std::vector<at::Tensor>& tensors);

  // What a run begins with, by value: the graph's inputs.
  struct Input {
    Id value;
    c10::IValue is;
  };
  // Runs all. Raises what an operator raises.
  void Run(const std::vector<Input>& inputs, RunListener& listener);

  // Of the last run, until TakeOutputs or the next.
  std::vector<c10::IValue> TakeOutputs();
  // Gives up what is left of a run.
  void Clear();

 private:
  Executor(const Program& program, const Plan& plan, c10::Device device)
      : program_(program),
        plan_(plan),
        device_(device),
        values_(program.values.size()),
        is_stored_(program.values.size(), false) {}
  absl::Status Prepare(const exported_program::Modules& modules);
  void RunAll(RunListener& listener);
  bool IsTrue(Id value) const;
  void Copy(const Instruction& instruction);
  // Whether LibTorch has it: sym_size, and the like.
  bool IsNative(const Node& node) const;
  void RunPython(const Node& node);
  c10::IValue NumberOf(const exported_program::Argument& argument) const;

  const Program& program_;
  const Plan& plan_;
  const c10::Device device_;
  Instructions instructions_;
  std::vector<OperatorCall> calls_;
  std::vector<uint32_t> call_of_;  // By instruction: of `calls_`.
  Values values_;
  std::vector<bool> is_stored_;  // By value.
  Values stack_;
};

}  // namespace strata::exported_run

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_RUN_EXECUTOR_H_
