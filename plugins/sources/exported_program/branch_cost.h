// What a branch costs, where the data decide which one runs.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_BRANCH_COST_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_BRANCH_COST_H_

#include <vector>

#include "core/count.h"
#include "plugins/sources/exported_program/flat_graph.h"
#include "plugins/sources/exported_program/program.h"
#include "plugins/sources/exported_program/tensor_specs.h"

namespace strata::exported_program {

// The MACs of these steps. An unknown operator says nothing of which branch is
// dearer, and costs nothing.
Count CostOf(const Program& program, const TensorSpecs& specs,
             const std::vector<Step>& steps);

}  // namespace strata::exported_program

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_BRANCH_COST_H_
