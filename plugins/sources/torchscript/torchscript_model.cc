#include "plugins/sources/torchscript/torchscript_model.h"

#include <ATen/core/ivalue_inl.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/jit/api/function_impl.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/runtime/print_handler.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/error.h"
#include "plugins/sources/libtorch/accelerator_rules.h"
#include "plugins/sources/libtorch/history.h"
#include "plugins/sources/libtorch/run_errors.h"
#include "plugins/sources/libtorch/run_watch.h"
#include "plugins/sources/torchscript/graph_nodes.h"
#include "plugins/sources/torchscript/module_objects.h"
#include "plugins/sources/torchscript/packed_shapes.h"
#include "plugins/sources/torchscript/shape_kernels.h"
#include "plugins/sources/torchscript/traced_modules.h"
#include "plugins/sources/torchscript/watch_operators.h"
#include "plugins/sources/torchscript/watch_points.h"

namespace strata::torchscript {
namespace {

// Runs the graph as it is written: no profiling runs, no fusing, no folding of
// constants, no inlining, so that what is watched is what the model says. And
// cheap: LibTorch would inline modules that are nested n deep n times. (The
// older executor, with both modes off, cannot take more than 128 levels.) Puts
// the settings back.
class PlainExecution {
 public:
  PlainExecution()
      : profiling_(torch::jit::getProfilingMode().exchange(false)),
        executor_(torch::jit::getExecutorMode().exchange(true)) {}
  ~PlainExecution() {
    torch::jit::getProfilingMode() = profiling_;
    torch::jit::getExecutorMode() = executor_;
  }

 private:
  const bool profiling_;
  const bool executor_;
  const torch::jit::GraphOptimizerEnabledGuard no_passes_{false};
};

// torch.jit.freeze makes weights constants of the code and takes away what
// training needs, the attribute `training` first of all.
bool IsFrozen(const torch::jit::Module& module) {
  const auto forward = module.find_method("forward");
  if (!forward || module.hasattr("training")) return false;
  const std::vector<torch::jit::Node*> nodes = NodesOf(*forward->graph());
  return std::any_of(nodes.begin(), nodes.end(),
                     [](const auto* node) { return IsTensorConstant(*node); });
}

// What forward prints would go to standard output, into the summary.
thread_local libtorch::KeptWarnings* print_to = nullptr;

void KeepPrinted(const std::string& text) {
  if (print_to != nullptr) print_to->Add("forward printed: ", text);
}

// While it lives, what TorchScript code prints is kept.
class KeepPrints {
 public:
  explicit KeepPrints(libtorch::KeptWarnings* warnings)
      : handler_(torch::jit::getPrintHandler()) {
    print_to = warnings;
    torch::jit::setPrintHandler(KeepPrinted);
  }
  ~KeepPrints() {
    torch::jit::setPrintHandler(handler_);
    print_to = nullptr;
  }

 private:
  const torch::jit::PrintHandler handler_;
};

}  // namespace

TorchScriptModel::TorchScriptModel(torch::jit::Module module, ReadModules read,
                                   libtorch::KeptWarnings warnings,
                                   c10::Device device)
    : module_(std::move(module)),
      read_(std::move(read)),
      kept_warnings_(std::move(warnings)),
      shapes_only_(device.is_meta()),
      device_(device),
      access_(device),
      clock_(device) {
  is_frozen_ = IsFrozen(module_);
  if (is_frozen_) read_.tree.modules[0].parameters_known = false;
  not_traced_ = ModulesNotTraced(read_.tree, read_.types);
  // They had a forward before the file lost it.
  for (int i : not_traced_) {
    read_.tree.modules[i].kind = ModuleKind::kCallable;
  }
}

std::vector<std::string> TorchScriptModel::devices() const {
  std::vector<std::string> devices = {kShapeDevice, "cpu"};
  if (!shapes_only_ && !device_.is_cpu()) {
    devices.push_back(device_.str());
    // "cuda" means the first.
    if (device_.index() == 0) {
      devices.push_back(c10::DeviceTypeName(device_.type(), true));
    }
  }
  return devices;
}

absl::Status TorchScriptModel::Run(const RunOptions& options,
                                   ModuleVisitor& visitor) {
  const std::string device = shapes_only_ ? kShapeDevice : device_.str();
  if (!options.device.empty() && options.device != device &&
      absl::StrCat(options.device, ":0") != device) {
    return absl::UnimplementedError(
        absl::StrCat("it was opened for the device '", device, "', not for '",
                     options.device, "'"));
  }
  // What a backward pass needs cannot be kept in inference mode.
  const c10::InferenceMode inference(!options.gradients);
  const c10::AutoGradMode gradients(options.gradients);
  const PlainExecution plain;
  const KeepPrints keep_prints(&kept_warnings_);
  const c10::WarningUtils::WarningHandlerGuard keep_warnings(&kept_warnings_);
  const libtorch::UseThreads threads(options.threads);
  BeginPhase(options.phases, "prepare the run");
  absl::StatusOr<Arguments> arguments = Prepare(options);
  if (!arguments.ok()) return arguments.status();
  BeginPhase(options.phases, "run");
  // Who asks for memory asks for that of the device that will have it.
  std::optional<libtorch::AsOnAccelerator> as_on_accelerator;
  if (shapes_only_ && options.watch_memory) as_on_accelerator.emplace();
  RunInfo conditions = ConditionsOf(options, device);
  if (!shapes_only_) {
    libtorch::AddConditions(device_, conditions);
    conditions.access = &access_;
  }
  visitor.BeginRun(read_.tree, conditions);
  return options.timed ? RunTimed(*std::move(arguments), options, visitor)
                       : RunForward(*std::move(arguments), options, visitor);
}

absl::Status TorchScriptModel::RunForward(Arguments arguments,
                                          const RunOptions& options,
                                          ModuleVisitor& visitor) {
  // The inputs are held to the end: the caller of a model has them, too.
  const Arguments held = arguments;
  libtorch::WatchOptions watched;
  watched.operators = options.watch_operators;
  watched.check_dtypes = shapes_only_;
  watched.memory = options.watch_memory;
  watched.on_meta = shapes_only_;
  watched.deadline = absl::Now() + options.timeout;
  watched.cancelled = options.cancelled;
  ModuleWatch modules(read_, visitor, watched);
  libtorch::RunWatch& watch = modules.run();
  try {
    auto future = module_.get_method("forward").run_async(
        std::move(arguments.positional), arguments.by_name, RunInline);
    future->waitAndThrow();
    if (options.gradients) {
      // With the outputs given up, what still lives is kept by their history.
      const libtorch::History history = libtorch::HistoryOf(future->value());
      future.reset();
      visitor.EndRun();
      return absl::OkStatus();
    }
  } catch (const std::exception& e) {
    if (watch.timed_out())
      return libtorch::TimeIsUpError(options, watch.WhereItIs());
    if (watch.cancelled()) return libtorch::InterruptedError(watch.WhereItIs());
    return Raised(e, watch.WhereItIs());
  }
  if (!watch.refused().empty()) {
    return absl::FailedPreconditionError(watch.refused());
  }
  if (options.watch_operators) root_operators_ = watch.root_operators();
  // An error of an accelerator may come to light only now.
  const absl::Status done = access_.Synchronize();
  if (!done.ok()) return done;
  visitor.EndRun();
  return absl::OkStatus();
}

absl::Status TorchScriptModel::RunTimed(Arguments arguments,
                                        const RunOptions& options,
                                        ModuleVisitor& visitor) {
  absl::StatusOr<torch::jit::Module> module =
      options.watch_modules ? module_ : Unwatched();
  if (!module.ok()) return module.status();
  torch::jit::Method forward = module->get_method("forward");
  const absl::Status ready = access_.Synchronize();
  if (!ready.ok()) return ready;
  const absl::Cleanup no_clock = [] { CurrentClock() = nullptr; };
  try {
    clock_.Begin(absl::Now() + options.timeout, options.cancelled);
    if (options.watch_modules) CurrentClock() = &clock_;
    forward
        .run_async(std::move(arguments.positional), arguments.by_name,
                   RunInline)
        ->waitAndThrow();
    clock_.End();
  } catch (const std::exception& e) {
    const std::string where = clock_.WhereItIs(read_.tree, ByAddress(read_));
    if (clock_.timed_out()) return libtorch::TimeIsUpError(options, where);
    if (clock_.cancelled()) return libtorch::InterruptedError(where);
    return Raised(e, where);
  }
  clock_.Tell(read_.tree, ByAddress(read_), visitor);
  visitor.EndRun();
  return absl::OkStatus();
}

absl::StatusOr<torch::jit::Module> TorchScriptModel::Unwatched() {
  if (unwatched_) return *unwatched_;
  // LibTorch copies modules by recursion.
  constexpr int kDeepest = 500;
  for (const Module& module : read_.tree.modules) {
    if (module.depth <= kDeepest) continue;
    return absl::UnimplementedError("it nests too deep to be copied");
  }
  try {
    unwatched_ = WithoutWatchPoints(module_);
    SetTraining(*unwatched_, is_training_);
    return *unwatched_;
  } catch (const std::exception& e) {
    return absl::UnimplementedError(
        absl::StrCat("it cannot be copied: ", libtorch::FirstCause(e.what())));
  }
}

absl::Status TorchScriptModel::Raised(const std::exception& e,
                                      const std::string& where) const {
  const std::string needed = TakeOperatorThatNeededValues();
  const bool is_damaged = !TakePackedDamage().empty();
  if (!needed.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("operator ", needed, " ", where,
                     ", needs values, and shapes are not enough"));
  }
  if (shapes_only_ && !is_damaged) {
    // Whether the model is to blame, a run with values will tell. What follows
    // is for people who write operators.
    std::string cause = libtorch::FirstCause(e.what());
    cause.resize(std::min(cause.size(), cause.find(", but there was no fake")));
    return WithDetail(
        absl::FailedPreconditionError(absl::StrCat(
            "forward raised ", where, ", which had shapes alone: ", cause)),
        e.what());
  }
  return libtorch::RaisedError(e, where, device_);
}

absl::StatusOr<Arguments> TorchScriptModel::Prepare(const RunOptions& options) {
  try {
    absl::StatusOr<Arguments> arguments =
        MakeArguments(module_, options, device_);
    if (!arguments.ok()) return arguments;
    if (!std::exchange(has_watch_points_, true))
      InsertWatchPoints(module_, shapes_only_);
    is_training_ = options.training;
    SetTraining(module_, is_training_);
    if (unwatched_) SetTraining(*unwatched_, is_training_);
    return arguments;
  } catch (const std::exception& e) {
    return WithDetail(
        absl::InternalError(absl::StrCat("it cannot be prepared: ",
                                         libtorch::FirstCause(e.what()))),
        e.what());
  }
}

}  // namespace strata::torchscript
