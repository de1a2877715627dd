#include "plugins/sources/torch_module/torch_module.h"

#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/function.h>

#include <algorithm>
#include <exception>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "core/error.h"
#include "plugins/sources/libtorch/made_inputs.h"
#include "plugins/sources/libtorch/run_errors.h"
#include "plugins/sources/libtorch/run_watch.h"
#include "plugins/sources/libtorch/value_specs.h"
#include "plugins/sources/torch_module/attribution.h"
#include "plugins/sources/torch_module/kept_tensors.h"
#include "plugins/sources/torch_module/module_index.h"
#include "plugins/sources/torch_module/replay.h"
#include "plugins/sources/torch_module/scope.h"
#include "plugins/sources/torch_module/scope_recorder.h"
#include "plugins/sources/torch_module/values.h"

namespace strata::torch_module {
namespace {

using History = std::vector<std::decay_t<decltype(at::Tensor().grad_fn())>>;

c10::Device DeviceOf(const ReadModules& modules,
                     const std::vector<at::Tensor>& inputs) {
  const ModuleTensors tensors = TensorsOf(modules);
  for (const auto* some : {&tensors.parameters, &tensors.buffers, &inputs}) {
    for (const at::Tensor& tensor : *some) {
      if (tensor.defined()) return tensor.device();
    }
  }
  return c10::kCPU;
}

std::vector<TensorSpec> SpecsOf(const std::vector<at::Tensor>& tensors) {
  std::vector<TensorSpec> specs;
  for (const at::Tensor& tensor : tensors) {
    if (tensor.defined()) specs.push_back(libtorch::SpecOf(tensor));
  }
  return specs;
}

// Stands in errors for where it was, until that is known.
constexpr char kWhere[] = "\x01";

}  // namespace

// One run, as it was recorded.
struct TorchModule::Ran {
  Recording recording;
  std::vector<TensorSpec> inputs;
  std::optional<std::vector<TensorSpec>> outputs;
  History history;
  bool is_complete = false;
};

absl::StatusOr<std::unique_ptr<TorchModule>> TorchModule::Make(
    torch::nn::Module& root, Forward forward, std::vector<at::Tensor> inputs) {
  absl::StatusOr<ReadModules> read = ReadModuleTree(root);
  if (!read.ok()) return read.status();
  const c10::Device device = DeviceOf(*read, inputs);
  return std::unique_ptr<TorchModule>(new TorchModule(
      *std::move(read), std::move(forward), std::move(inputs), device));
}

TorchModule::TorchModule(ReadModules read, Forward forward,
                         std::vector<at::Tensor> inputs, c10::Device device)
    : read_(std::move(read)),
      forward_(std::move(forward)),
      inputs_(std::move(inputs)),
      device_(device),
      access_(device),
      clock_(device) {}

std::vector<std::string> TorchModule::devices() const {
  if (device_.is_meta()) return {kShapeDevice};
  std::vector<std::string> devices = {device_.str()};
  // "cuda" means the first.
  if (!device_.is_cpu() && device_.index() <= 0) {
    devices.push_back(c10::DeviceTypeName(device_.type(), true));
  }
  return devices;
}

std::vector<InputSpec> TorchModule::InputSpecs() const {
  std::vector<InputSpec> specs;
  for (const TensorSpec& spec : SpecsOf(inputs_)) {
    specs.push_back({spec.shape, spec.dtype});
  }
  return specs;
}

absl::StatusOr<std::vector<at::Tensor>> TorchModule::MakeInputs(
    const RunOptions& options) {
  const std::vector<InputSpec> given = InputSpecs();
  bool are_given = options.inputs.size() == given.size();
  for (size_t i = 0; are_given && i < given.size(); ++i) {
    are_given = given[i].shape == options.inputs[i].shape &&
                given[i].dtype == options.inputs[i].dtype;
  }
  if (are_given) return inputs_;
  std::vector<at::Tensor> made;
  const at::Generator generator = libtorch::InputGenerator();
  for (const InputSpec& spec : options.inputs) {
    absl::StatusOr<at::Tensor> input =
        libtorch::MakeInput(spec, generator, device_.is_meta());
    if (!input.ok()) return input.status();
    made.push_back(input->to(device_));
  }
  return made;
}

absl::Status TorchModule::Run(const RunOptions& options,
                              ModuleVisitor& visitor) {
  const std::vector<std::string> offered = devices();
  if (!options.device.empty() && std::find(offered.begin(), offered.end(),
                                           options.device) == offered.end()) {
    return absl::UnimplementedError(
        absl::StrCat("its parameters are on the device '", offered[0],
                     "', not on '", options.device, "'"));
  }
  if (!options.inputs_file.empty()) {
    return absl::UnimplementedError("it takes no inputs from a file");
  }
  if (scope_listener != nullptr) {
    return absl::FailedPreconditionError(
        "a module is being summarised on this thread already");
  }
  try {
    const c10::AutoGradMode gradients(options.gradients);
    const c10::WarningUtils::WarningHandlerGuard warnings(&kept_warnings_);
    const libtorch::UseThreads threads(options.threads);
    const KeepRandomNumbers random_numbers;
    absl::StatusOr<std::vector<at::Tensor>> inputs = MakeInputs(options);
    if (!inputs.ok()) return inputs.status();
    ModuleTensors tensors = TensorsOf(read_);
    std::vector<at::Tensor>& kept = tensors.parameters;
    kept.insert(kept.end(), inputs_.begin(), inputs_.end());
    const auto writes = options.timed
                            ? (writes_unasked_ ? KeepTensors::Writes::kAll
                                               : KeepTensors::Writes::kBuffers)
                            : KeepTensors::Writes::kWatched;
    const KeepTensors keep(kept, tensors.buffers, writes);
    const KeepModes modes(read_, options.training);
    RunInfo conditions = ConditionsOf(options, offered[0]);
    if (!device_.is_meta()) {
      libtorch::AddConditions(device_, conditions);
      conditions.access = &access_;
    }
    visitor.BeginRun(read_.tree, conditions);
    const absl::Status ran =
        options.timed ? RunTimed(*std::move(inputs), options, visitor)
                      : RunForward(*std::move(inputs), options, visitor);
    writes_unasked_ |= keep.saw_writes();
    return ran;
  } catch (const std::exception& e) {
    return libtorch::RaisedError(e, "before forward began", device_);
  }
}

absl::Status TorchModule::Call(std::vector<at::Tensor> inputs,
                               const RunOptions& options, Ran& ran) {
  ran.inputs = SpecsOf(inputs);
  Recorder recorder(ran.recording);
  libtorch::WatchOptions watched;
  watched.memory = options.watch_memory;
  watched.on_meta = device_.is_meta();
  watched.deadline = absl::Now() + options.timeout;
  watched.cancelled = options.cancelled;
  libtorch::RunWatch watch(read_.tree, recorder, watched);
  const ScopeRecorder scopes(read_, &recorder, &watch, nullptr);
  try {
    auto outputs = forward_(std::move(inputs));
    ran.recording.returned = static_cast<int>(ran.recording.events.size());
    if (outputs) ran.outputs = SpecsOf(*outputs);
    if (outputs && options.gradients) {
      // With the outputs given up, what still lives is kept by their history.
      for (const at::Tensor& output : *outputs) {
        if (output.defined()) ran.history.push_back(output.grad_fn());
      }
    }
    outputs.reset();
    watch.CheckTime();
    ran.is_complete = true;
    return absl::OkStatus();
  } catch (const std::exception& e) {
    recorder.TakeBackRaised();
    if (watch.timed_out()) return libtorch::TimeIsUpError(options, kWhere);
    if (watch.cancelled()) return libtorch::InterruptedError(kWhere);
    return libtorch::RaisedError(e, kWhere, device_);
  } catch (...) {
    recorder.TakeBackRaised();
    return absl::InternalError(
        absl::StrCat("forward raised ", kWhere, " what is no std::exception"));
  }
}

std::string TorchModule::Tell(const Ran& ran, const RunOptions& options,
                              ModuleVisitor& visitor) {
  const ModuleIndex index(read_.tree);
  const std::vector<const RecordedOperator*> operators =
      OutermostOperators(ran.recording);
  const std::vector<TensorSpec> none;
  const Values values(
      operators, ran.inputs, ran.outputs ? *ran.outputs : none,
      [&](const TensorSpec& tensor) { return index.IsOwned(tensor); });
  const Attribution attribution =
      Attribute(read_.tree, index, ran.recording, values, ran.is_complete);
  std::vector<CallTensors> tensors =
      TensorsOfCalls(ran.recording, attribution, values);
  // Of the root's they are known.
  tensors[0].inputs = ran.inputs;
  if (ran.outputs) tensors[0].outputs = *ran.outputs;
  Replay(ran.recording, attribution, tensors, options.watch_operators, visitor);
  inferred_ = attribution.inferred;
  if (ran.is_complete) return "";
  return WhereItStood(read_.tree, attribution, tensors);
}

absl::Status TorchModule::RunForward(std::vector<at::Tensor> inputs,
                                     const RunOptions& options,
                                     ModuleVisitor& visitor) {
  BeginPhase(options.phases, "run");
  // The inputs are held to the end: the caller of a model has them, too.
  const std::vector<at::Tensor> held = inputs;
  Ran ran;
  absl::Status status = Call(std::move(inputs), options, ran);
  // An error of an accelerator may come to light only now.
  if (status.ok()) status = access_.Synchronize();
  BeginPhase(options.phases, "attribute operators");
  const std::string where = Tell(ran, options, visitor);
  if (!status.ok()) {
    const std::string text =
        absl::StrReplaceAll(status.message(), {{kWhere, where}});
    return WithDetail(absl::Status(status.code(), text), ErrorDetail(status));
  }
  visitor.EndRun();
  return absl::OkStatus();
}

absl::Status TorchModule::RunTimed(std::vector<at::Tensor> inputs,
                                   const RunOptions& options,
                                   ModuleVisitor& visitor) {
  was_timed_ = true;
  const absl::Status ready = access_.Synchronize();
  if (!ready.ok()) return ready;
  const auto module_of = [](libtorch::RunningId id, int) {
    return static_cast<int>(id);
  };
  try {
    clock_.Begin(absl::Now() + options.timeout, options.cancelled);
    std::optional<ScopeRecorder> scopes;
    if (options.watch_modules) {
      scopes.emplace(read_, nullptr, nullptr, &clock_);
    }
    forward_(std::move(inputs));
    clock_.End();
  } catch (const std::exception& e) {
    const std::string where = clock_.WhereItIs(read_.tree, module_of);
    if (clock_.timed_out()) return libtorch::TimeIsUpError(options, where);
    if (clock_.cancelled()) return libtorch::InterruptedError(where);
    return libtorch::RaisedError(e, where, device_);
  }
  clock_.Tell(read_.tree, module_of, visitor);
  visitor.EndRun();
  return absl::OkStatus();
}

std::vector<std::string> TorchModule::warnings() const {
  std::vector<std::string> warnings = kept_warnings_.texts();
  if (!inferred_.empty()) {
    const bool is_one = inferred_.size() == 1;
    warnings.push_back(absl::StrCat(
        inferred_.size(), is_one ? " module is" : " modules are",
        " marked as inferred: when ", is_one ? "it was" : "they were",
        " called, and what ran in ", is_one ? "it" : "them",
        ", was worked out from the operators and their parameters; "
        "STRATA_MODULE_SCOPE(this) in a forward makes it exact"));
  }
  if (was_timed_) {
    warnings.push_back(
        "of a C++ module the whole is timed, and what opens a scope "
        "(STRATA_MODULE_SCOPE, CallInScope): of others the time is unknown");
  }
  return warnings;
}

}  // namespace strata::torch_module
