#include "plugins/sources/exported_program/exported_model.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/error.h"
#include "core/phases.h"
#include "core/printable.h"
#include "plugins/sources/exported_program/composites.h"
#include "plugins/sources/exported_program/tensor_specs.h"

namespace strata::exported_program {
namespace {

std::string SizesText(const InputSpec& input) {
  return absl::StrCat(ShapeText(input.shape), ":", DTypeName(input.dtype));
}

std::string RangeText(const Dimension& dimension) {
  if (dimension.max == std::numeric_limits<int64_t>::max()) {
    return absl::StrCat(dimension.min, " or more");
  }
  return absl::StrCat(dimension.min, " to ", dimension.max);
}

// Whose last argument, of those that they must be given, says `training`; where
// it stands, in the default overload.
int TrainingArgument(absl::string_view name) {
  if (absl::EndsWith(name, "dropout") || name == "aten::native_dropout") {
    return 2;
  }
  if (name == "aten::batch_norm") return 5;
  if (name == "aten::lstm" || name == "aten::gru" || name == "aten::rnn_tanh" ||
      name == "aten::rnn_relu") {
    return 6;
  }
  return -1;
}

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
      training_(FindMode()) {
  for (const std::vector<std::string>* list :
       {&program_->warnings, &modules_.warnings, &plan_.flat.warnings}) {
    warnings_.insert(warnings_.end(), list->begin(), list->end());
  }
}

std::optional<bool> ExportedModel::FindMode() const {
  for (const Step& step : plan_.flat.steps) {
    if (step.node == nullptr) continue;
    const Target& target = program_->targets[step.node->target];
    if (absl::StartsWith(target.name, "aten::_native_batch_norm_legit")) {
      return !absl::EndsWith(target.name, "_no_training");
    }
    const int place = TrainingArgument(target.name);
    if (place < 0 ||
        step.node->arguments.size() <= static_cast<size_t>(place)) {
      continue;
    }
    const Argument& argument =
        program_->arguments[step.node->arguments.begin + place];
    if (argument.kind == Argument::Kind::kBool) return argument.integer != 0;
  }
  return std::nullopt;
}

std::vector<strata::Dimension> ExportedModel::dimensions() const {
  std::vector<strata::Dimension> dimensions;
  for (const Dimension& from : program_->dimensions) {
    if (!from.is_open) continue;
    dimensions.push_back({program_->expressions.symbols()[from.symbol],
                          from.hint, from.min, from.max});
  }
  return dimensions;
}

absl::Status ExportedModel::MatchInput(
    size_t number, const InputSpec& given,
    std::vector<std::optional<int64_t>>& sizes) const {
  const Value& value = program_->values[program_->user_inputs[number]];
  const auto wrong = [&](absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat(
        "input ", number + 1, " is ", SizesText(given), ", and ", why));
  };
  if (value.dtype != given.dtype) {
    return wrong(
        absl::StrCat("the model was exported for ", DTypeName(value.dtype)));
  }
  if (value.sizes.size() != given.shape.size()) {
    return wrong(absl::StrCat("the model was exported for ", value.sizes.size(),
                              " dimensions"));
  }
  for (uint32_t i = 0; i < value.sizes.size(); ++i) {
    const Size& size = program_->sizes[value.sizes.begin + i];
    const int64_t wanted = given.shape[i];
    if (size.expression == kNone) {
      if (size.hint == wanted) continue;
      return wrong(absl::StrCat("the model was exported for the fixed size ",
                                size.hint, " in its dimension ", i));
    }
    const int symbol = program_->expressions.symbol(size.expression);
    if (symbol < 0) continue;  // Of several symbols: checked in the end.
    std::optional<int64_t>& known = sizes[symbol];
    if (known && *known != wanted) {
      return wrong(absl::StrCat("its dimension ", i, " must be ", *known,
                                " as another is"));
    }
    known = wanted;
  }
  return absl::OkStatus();
}

// A size such as 2*s6 says what s6 is where nothing else does.
absl::Status ExportedModel::MatchInputs(
    const RunOptions& options,
    std::vector<std::optional<int64_t>>& sizes) const {
  if (options.inputs.size() != program_->user_inputs.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("its forward takes ", program_->user_inputs.size(),
                     program_->user_inputs.size() == 1 ? " tensor" : " tensors",
                     ", and ", options.inputs.size(), " sizes were given"));
  }
  for (size_t i = 0; i < options.inputs.size(); ++i) {
    absl::Status matched = MatchInput(i, options.inputs[i], sizes);
    if (!matched.ok()) return matched;
  }
  for (size_t i = 0; i < options.inputs.size(); ++i) {
    const Value& value = program_->values[program_->user_inputs[i]];
    for (uint32_t j = 0; j < value.sizes.size(); ++j) {
      const Size& size = program_->sizes[value.sizes.begin + j];
      if (size.expression == kNone) continue;
      int open = -1;
      std::vector<int64_t> at(sizes.size(), 0);
      for (size_t symbol = 0; symbol < sizes.size(); ++symbol) {
        if (!program_->expressions.has_symbol(size.expression,
                                              static_cast<int>(symbol))) {
          continue;
        }
        if (sizes[symbol]) {
          at[symbol] = *sizes[symbol];
        } else {
          open = open == -1 ? static_cast<int>(symbol) : -2;
        }
      }
      if (open < 0) continue;
      // Linear in it, or left to its hint.
      const auto zero = program_->expressions.Evaluate(size.expression, at);
      at[open] = 1;
      const auto one = program_->expressions.Evaluate(size.expression, at);
      if (!zero || !one || *one == *zero) continue;
      __int128 difference = options.inputs[i].shape[j];
      difference -= *zero;
      const __int128 slope = static_cast<__int128>(*one) - *zero;
      sizes[open] = static_cast<int64_t>(difference / slope);
    }
  }
  return absl::OkStatus();
}

absl::Status ExportedModel::CheckInputs(
    const RunOptions& options, const std::vector<int64_t>& sizes) const {
  for (size_t i = 0; i < options.inputs.size(); ++i) {
    const Value& value = program_->values[program_->user_inputs[i]];
    for (uint32_t j = 0; j < value.sizes.size(); ++j) {
      const Size& size = program_->sizes[value.sizes.begin + j];
      if (size.expression == kNone) continue;
      const auto is = program_->expressions.Evaluate(size.expression, sizes);
      if (is && *is == options.inputs[i].shape[j]) continue;
      return absl::InvalidArgumentError(absl::StrCat(
          "input ", i + 1, " is ", SizesText(options.inputs[i]),
          ", and its dimension ", j, " does not fit the others",
          is ? absl::StrCat(": it would be ", *is) : std::string()));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<int64_t>> ExportedModel::DimensionsOf(
    const RunOptions& options) const {
  const std::vector<std::string>& symbols = program_->expressions.symbols();
  std::vector<std::optional<int64_t>> sizes(symbols.size());
  for (const auto& [name, size] : options.dimensions) {
    const auto found = std::find(symbols.begin(), symbols.end(), name);
    if (found == symbols.end()) {
      return WithHint(absl::InvalidArgumentError(absl::StrCat(
                          "it has no open dimension '", name, "'")),
                      NearestNameHint(name, symbols));
    }
    sizes[found - symbols.begin()] = size;
  }
  if (!options.inputs.empty()) {
    absl::Status matched = MatchInputs(options, sizes);
    if (!matched.ok()) return matched;
  }
  std::vector<int64_t> chosen(symbols.size(), 0);
  for (const Dimension& dimension : program_->dimensions) {
    const int64_t size = sizes[dimension.symbol].value_or(dimension.hint);
    // What the file itself says is not doubted.
    if (size < 0 || (size != dimension.hint &&
                     (size < dimension.min || size > dimension.max))) {
      return absl::OutOfRangeError(absl::StrCat(
          "the dimension ", Printable(symbols[dimension.symbol], true), " is ",
          size, ", and the model was exported for ", RangeText(dimension)));
    }
    chosen[dimension.symbol] = size;
  }
  if (!options.inputs.empty()) {
    absl::Status fit = CheckInputs(options, chosen);
    if (!fit.ok()) return fit;
  }
  return chosen;
}

absl::Status ExportedModel::Run(const RunOptions& options,
                                ModuleVisitor& visitor) {
  if (!options.inputs_file.empty()) {
    return WithHint(
        absl::UnimplementedError(
            "an exported program is not run, and takes no file of inputs"),
        "give --input_size, or nothing for the sizes that the file records");
  }
  absl::StatusOr<std::vector<int64_t>> sizes = DimensionsOf(options);
  if (!sizes.ok()) return sizes.status();
  TensorSpecs specs(*program_, plan_.flat.canonical, plan_.storages);
  absl::Status set = specs.SetDimensions(*sizes);
  if (!set.ok()) return set;

  BeginPhase(options.phases, "run forward");
  RunInfo info = ConditionsOf(options, kShapeDevice);
  info.watches_memory = false;
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
      visitor.VisitOp(op);
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
    const std::string mode = *training_ ? "training" : "evaluation";
    const std::string warning =
        absl::StrCat("the model was exported in ", mode,
                     " mode, and its figures are for that");
    if (std::find(warnings_.begin(), warnings_.end(), warning) ==
        warnings_.end()) {
      warnings_.push_back(warning);
    }
  }
  return absl::OkStatus();
}

}  // namespace strata::exported_program
