#include "plugins/sources/exported_program/training_mode.h"

#include <cstddef>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace strata::exported_program {
namespace {

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

}  // namespace

std::optional<bool> ModeOf(const Program& program, const Plan& plan) {
  for (const Step& step : plan.flat.steps) {
    if (step.node == nullptr) continue;
    const Target& target = program.targets[step.node->target];
    if (absl::StartsWith(target.name, "aten::_native_batch_norm_legit")) {
      return !absl::EndsWith(target.name, "_no_training");
    }
    const int place = TrainingArgument(target.name);
    if (place < 0 ||
        step.node->arguments.size() <= static_cast<size_t>(place)) {
      continue;
    }
    const Argument& argument =
        program.arguments[step.node->arguments.begin + place];
    if (argument.kind == Argument::Kind::kBool) return argument.integer != 0;
  }
  return std::nullopt;
}

std::string ModeWarning(bool is_training) {
  return absl::StrCat("the model was exported in ",
                      is_training ? "training" : "evaluation",
                      " mode, and its figures are for that");
}

}  // namespace strata::exported_program
