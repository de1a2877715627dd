// The mode that a program was exported in.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_TRAINING_MODE_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_TRAINING_MODE_H_

#include <optional>
#include <string>

#include "plugins/sources/exported_program/plan.h"
#include "plugins/sources/exported_program/program.h"

namespace strata::exported_program {

// Whether it was exported in training mode, as far as an operator tells.
std::optional<bool> ModeOf(const Program& program, const Plan& plan);

// What a user who asked for the other mode should know.
std::string ModeWarning(bool is_training);

}  // namespace strata::exported_program

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_TRAINING_MODE_H_
