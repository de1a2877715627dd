// What calls of modules take and give.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_CALL_VALUES_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_CALL_VALUES_H_

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "plugins/sources/exported_program/flat_graph.h"
#include "plugins/sources/exported_program/modules.h"
#include "plugins/sources/exported_program/program.h"

namespace strata::exported_program {

// Fills in `inputs` and `outputs` of each call: by its signature, where that
// was preserved. Else it took what an operator in it uses and one outside of it
// (or the caller) made, in the order of first use; and gave what one in it made
// and one outside of it uses, in the order in which they were made. What it was
// given and did not use, and what it gave and nobody used, cannot be told.
void FindCallValues(
    const Program& program, const Modules& modules,
    const std::vector<Id>& passed,
    const absl::flat_hash_map<Id, const CallSignature*>& signatures,
    FlatGraph& flat);

}  // namespace strata::exported_program

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_CALL_VALUES_H_
