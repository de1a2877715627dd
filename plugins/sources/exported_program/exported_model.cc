#include "plugins/sources/exported_program/exported_model.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "core/error.h"
#include "core/phases.h"
#include "plugins/sources/exported_program/composites.h"
#include "plugins/sources/exported_program/input_dimensions.h"
#include "plugins/sources/exported_program/tensor_specs.h"
#include "plugins/sources/exported_program/told_memory.h"
#include "plugins/sources/exported_program/training_mode.h"

namespace strata::exported_program {
namespace {

// What LibTorch would call inside of it, as a visitor of a real run sees it.
void TellInside(const OpCall& op, ModuleVisitor& visitor) {
  for (const InnerProduct& product : InnerProducts(op)) {
    OpCall inner;
    inner.name = product.name;
    inner.nesting = 1;
    inner.module = op.module;
    inner.arguments = product.arguments;
    inner.outputs = product.outputs;
    visitor.VisitOp(inner);
  }
}

}  // namespace

ExportedModel::ExportedModel(std::unique_ptr<Program> program)
    : program_(std::move(program)),
      modules_(FindModules(*program_)),
      plan_(MakePlan(*program_, modules_)),
      training_(ModeOf(*program_, plan_)) {
  for (const std::vector<std::string>* list :
       {&program_->warnings, &modules_.warnings, &plan_.flat.warnings}) {
    warnings_.insert(warnings_.end(), list->begin(), list->end());
  }
}

absl::Status ExportedModel::Run(const RunOptions& options,
                                ModuleVisitor& visitor) {
  if (!options.inputs_file.empty()) {
    return WithHint(
        absl::UnimplementedError(
            "the device 'shape' needs no values, and takes no file of inputs"),
        "give --device=cpu to run it with them, --input_size, or nothing for "
        "the sizes that the file records");
  }
  if (options.gradients) {
    return absl::UnimplementedError(
        "what a step of training keeps is not in the file: --device=cpu runs "
        "the model");
  }
  absl::StatusOr<std::vector<int64_t>> sizes =
      DimensionsFor(*program_, options);
  if (!sizes.ok()) return sizes.status();
  TensorSpecs specs(*program_, plan_.flat.canonical, plan_.storages);
  absl::Status set = specs.SetDimensions(*sizes);
  if (!set.ok()) return set;

  BeginPhase(options.phases, "run forward");
  RunInfo info = ConditionsOf(options, kShapeDevice);
  info.training = training_.value_or(options.training);
  visitor.BeginRun(modules_.tree, info);
  const absl::Time deadline = absl::Now() + options.timeout;
  std::vector<TensorSpec> inputs, outputs;
  std::vector<OpArgument> arguments;
  const auto specs_of = [&](const std::vector<Id>& values,
                            std::vector<TensorSpec>& list) {
    list.clear();
    for (Id value : values) list.push_back(specs.Spec(value));
  };
  std::optional<ToldMemory> memory;
  if (options.watch_memory) {
    memory.emplace(*program_, plan_, specs, visitor);
  }
  int64_t told = 0;
  for (const Event& event : plan_.events) {
    if ((++told & 0xff) == 0) {
      if (absl::Now() > deadline) {
        return absl::DeadlineExceededError("the time was up");
      }
      if (options.cancelled != nullptr && *options.cancelled) {
        return absl::CancelledError("it was to end");
      }
    }
    if (event.what == Event::What::kOperator) {
      if (!options.watch_operators) continue;
      const Step& step = plan_.flat.steps[event.id];
      const Target& target = program_->targets[step.node->target];
      specs.Arguments(*step.node, arguments);
      specs.Outputs(*step.node, outputs);
      OpCall op;
      op.name = target.name;
      op.overload = target.overload;
      op.module = plan_.flat.calls[step.call].module;
      op.arguments = arguments;
      op.outputs = outputs;
      TellInside(op, visitor);
      const size_t place = &event - plan_.events.data();
      if (memory) memory->BeforeVisit(place);
      visitor.VisitOp(op);
      if (memory) memory->AfterVisit(place);
      continue;
    }
    const Call& call = plan_.flat.calls[event.id];
    specs_of(call.inputs, inputs);
    ModuleCall told_call;
    told_call.module = call.module;
    told_call.number = call.number;
    told_call.inputs = inputs;
    if (event.what == Event::What::kEnter) {
      visitor.EnterModule(told_call);
    } else {
      specs_of(call.outputs, outputs);
      told_call.outputs = outputs;
      visitor.LeaveModule(told_call);
    }
  }
  visitor.EndRun();
  if (training_ && *training_ != options.training) {
    Warn(ModeWarning(*training_));
  }
  if (options.watch_memory) {
    Warn(
        "activations are what operators give, as the file tells it; what they "
        "take for themselves (recurrent layers, pooling) is not in it: "
        "--device=cpu tells that, too");
  }
  return absl::OkStatus();
}

void ExportedModel::Warn(const std::string& warning) {
  if (std::find(warnings_.begin(), warnings_.end(), warning) ==
      warnings_.end()) {
    warnings_.push_back(warning);
  }
}

}  // namespace strata::exported_program
