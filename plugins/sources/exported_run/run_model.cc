#include "plugins/sources/exported_run/run_model.h"

#include <ATen/core/ivalue_inl.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>

#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/error.h"
#include "core/phases.h"
#include "plugins/sources/exported_program/tensor_specs.h"
#include "plugins/sources/exported_program/training_mode.h"
#include "plugins/sources/libtorch/history.h"
#include "plugins/sources/libtorch/run_errors.h"
#include "plugins/sources/libtorch/run_watch.h"
#include "plugins/sources/libtorch/value_specs.h"

namespace strata::exported_run {
namespace {

using exported_program::Call;
using exported_program::TensorSpecs;

// Tells a visitor of modules, as the plan says, and RunWatch of operators.
class Watching : public RunListener {
 public:
  Watching(const Plan& plan, const TensorSpecs& specs,
           libtorch::RunWatch& watch)
      : plan_(plan), specs_(specs), watch_(watch) {}

  void Enter(const Call& call, const Values& values) override {
    watch_.Enter(call.module, /*is_forward=*/true, Specs(call.inputs, values));
  }
  void Leave(const Call& call, const Values& values) override {
    watch_.Leave(Specs(call.outputs, values));
  }
  void Check() override { watch_.CheckTime(); }

 private:
  std::vector<TensorSpec> Specs(const std::vector<Id>& ids,
                                const Values& values) const {
    std::vector<TensorSpec> specs;
    for (const Id id : ids) {
      const c10::IValue& value = values[plan_.flat.canonical[id]];
      if (value.isTensor()) {
        libtorch::AppendTensors(value, specs);
        continue;
      }
      // One that is not there yet, or no more: a module that did nothing to
      // what it was given has the name of what came out.
      TensorSpec spec = specs_.Spec(id);
      spec.storage = 0;
      spec.storage_bytes = 0;
      specs.push_back(std::move(spec));
    }
    return specs;
  }

  const Plan& plan_;
  const TensorSpecs& specs_;
  libtorch::RunWatch& watch_;
};

class Timing : public RunListener {
 public:
  Timing(libtorch::RunClock& clock, bool watches_modules)
      : clock_(clock), watches_modules_(watches_modules) {}

  // The root is timed from outside.
  void Enter(const Call& call, const Values& /*values*/) override {
    if (watches_modules_ && call.parent != kNone) {
      clock_.Enter(static_cast<libtorch::RunningId>(call.module), true);
    }
  }
  void Leave(const Call& call, const Values& /*values*/) override {
    if (watches_modules_ && call.parent != kNone) clock_.Leave();
  }
  void Check() override { clock_.Check(); }

 private:
  libtorch::RunClock& clock_;
  const bool watches_modules_;
};

int ModuleItself(libtorch::RunningId id, int /*running*/) {
  return static_cast<int>(id);
}

}  // namespace

RunModel::RunModel(std::unique_ptr<Program> program, c10::Device device)
    : program_(std::move(program)),
      modules_(exported_program::FindModules(*program_)),
      plan_(exported_program::MakePlan(*program_, modules_)),
      training_(exported_program::ModeOf(*program_, plan_)),
      device_(device),
      access_(device),
      clock_(device) {}

absl::StatusOr<std::unique_ptr<RunModel>> RunModel::Make(
    std::unique_ptr<Program> program, const ReadRecord& read,
    c10::Device device) {
  std::unique_ptr<RunModel> model(new RunModel(std::move(program), device));
  absl::StatusOr<std::unique_ptr<Executor>> executor =
      Executor::Make(*model->program_, model->modules_, model->plan_, device);
  if (!executor.ok()) return executor.status();
  model->executor_ = *std::move(executor);
  absl::StatusOr<std::vector<at::Tensor>> weights =
      LoadWeights(*model->program_, read, device);
  if (!weights.ok()) return weights.status();
  model->executor_->SetStored(*weights);
  return model;
}

std::vector<std::string> RunModel::devices() const {
  std::vector<std::string> devices = {device_.str()};
  // "cuda" means the first.
  if (!device_.is_cpu() && device_.index() == 0) {
    devices.push_back(c10::DeviceTypeName(device_.type(), true));
  }
  return devices;
}

absl::Status RunModel::CheckOptions(const RunOptions& options) const {
  const std::string device = device_.str();
  if (!options.device.empty() && options.device != device &&
      absl::StrCat(options.device, ":0") != device) {
    return absl::UnimplementedError(
        absl::StrCat("it was opened for the device '", device, "', not for '",
                     options.device, "'"));
  }
  if (options.gradients && training_ == false) {
    return WithHint(
        absl::UnimplementedError(
            "the model was exported in evaluation mode, and what a step of "
            "training keeps cannot be told from that"),
        "export it in training mode: torch.export.export(model.train(), …)");
  }
  return absl::OkStatus();
}

absl::Status RunModel::Run(const RunOptions& options, ModuleVisitor& visitor) {
  const absl::Status fits = CheckOptions(options);
  if (!fits.ok()) return fits;
  // What a backward pass needs cannot be kept in inference mode.
  const c10::InferenceMode inference(!options.gradients);
  const c10::AutoGradMode gradients(options.gradients);
  const c10::WarningUtils::WarningHandlerGuard keep_warnings(&kept_warnings_);
  const libtorch::UseThreads threads(options.threads);
  BeginPhase(options.phases, "prepare the run");
  absl::StatusOr<RunInputs> inputs = absl::InternalError("");
  try {
    inputs = MakeRunInputs(*program_, options, device_);
  } catch (const std::exception& e) {
    return libtorch::RaisedError(e, "before it began", device_);
  }
  if (!inputs.ok()) return inputs.status();
  BeginPhase(options.phases, "run");
  RunInfo conditions = ConditionsOf(options, device_.str());
  libtorch::AddConditions(device_, conditions);
  conditions.access = &access_;
  conditions.training = training_.value_or(options.training);
  asked_other_mode_ = training_ && *training_ != options.training;
  visitor.BeginRun(modules_.tree, conditions);
  return options.timed ? RunTimed(*inputs, options, visitor)
                       : RunForward(*inputs, options, visitor);
}

absl::Status RunModel::RunForward(const RunInputs& inputs,
                                  const RunOptions& options,
                                  ModuleVisitor& visitor) {
  TensorSpecs specs(*program_, plan_.flat.canonical, plan_.storages);
  const absl::Status set = specs.SetDimensions(inputs.dimensions);
  if (!set.ok()) return set;
  libtorch::WatchOptions watched;
  watched.operators = options.watch_operators;
  watched.memory = options.watch_memory;
  watched.deadline = absl::Now() + options.timeout;
  watched.cancelled = options.cancelled;
  libtorch::RunWatch watch(modules_.tree, visitor, watched);
  Watching listener(plan_, specs, watch);
  try {
    executor_->Run(inputs.inputs, listener);
    if (keeps_outputs_) outputs_ = executor_->TakeOutputs();
    if (options.gradients) {
      c10::impl::GenericList outputs(c10::AnyType::get());
      for (c10::IValue& output : executor_->TakeOutputs()) {
        outputs.push_back(std::move(output));
      }
      // With the outputs given up, what still lives is kept by their history.
      const libtorch::History history = libtorch::HistoryOf(outputs);
      outputs.clear();
      visitor.EndRun();
      return absl::OkStatus();
    }
  } catch (const std::exception& e) {
    executor_->Clear();
    const std::string where = watch.WhereItIs();
    if (watch.timed_out()) return libtorch::TimeIsUpError(options, where);
    if (watch.cancelled()) return libtorch::InterruptedError(where);
    return libtorch::RaisedError(e, where, device_);
  }
  // An error of an accelerator may come to light only now.
  const absl::Status done = access_.Synchronize();
  if (!done.ok()) return done;
  visitor.EndRun();
  executor_->Clear();
  return absl::OkStatus();
}

absl::Status RunModel::RunTimed(const RunInputs& inputs,
                                const RunOptions& options,
                                ModuleVisitor& visitor) {
  const absl::Status ready = access_.Synchronize();
  if (!ready.ok()) return ready;
  Timing listener(clock_, options.watch_modules);
  try {
    executor_->Clear();
    clock_.Begin(absl::Now() + options.timeout, options.cancelled);
    executor_->Run(inputs.inputs, listener);
    clock_.End();
  } catch (const std::exception& e) {
    executor_->Clear();
    const std::string where = clock_.WhereItIs(modules_.tree, ModuleItself);
    if (clock_.timed_out()) return libtorch::TimeIsUpError(options, where);
    if (clock_.cancelled()) return libtorch::InterruptedError(where);
    return libtorch::RaisedError(e, where, device_);
  }
  executor_->Clear();
  clock_.Tell(modules_.tree, ModuleItself, visitor);
  visitor.EndRun();
  return absl::OkStatus();
}

std::vector<std::string> RunModel::warnings() const {
  std::vector<std::string> warnings;
  for (const std::vector<std::string>& list :
       {program_->warnings, modules_.warnings, plan_.flat.warnings,
        kept_warnings_.texts()}) {
    warnings.insert(warnings.end(), list.begin(), list.end());
  }
  if (asked_other_mode_) {
    warnings.push_back(exported_program::ModeWarning(*training_));
  }
  return warnings;
}

}  // namespace strata::exported_run
