// How long a run needs its values.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_RUN_LIFETIMES_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_RUN_LIFETIMES_H_

#include "plugins/sources/exported_run/instructions.h"

namespace strata::exported_run {

// Fills in Instruction::frees: each value at the last that uses it, but for
// what is stored, the inputs, and the outputs.
void AddFrees(const Program& program, const Plan& plan, Instructions& made);

}  // namespace strata::exported_run

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_RUN_LIFETIMES_H_
