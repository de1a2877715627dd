// Which of a program's tensors are one.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_PASSED_THROUGH_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_PASSED_THROUGH_H_

#include <cstdint>
#include <vector>

#include "plugins/sources/exported_program/flat_graph.h"
#include "plugins/sources/exported_program/modules.h"
#include "plugins/sources/exported_program/program.h"

namespace strata::exported_program {

// By canonical value: the one that operators which did nothing to it were
// given, as a dropout that drops nothing; else itself. The exporter gives such
// a tensor the name of the last of them, wherever it is used afterwards.
std::vector<Id> PassedThrough(const Program& program, const FlatGraph& flat);

// By canonical value: the memory that it has. Views, and what operators write
// in place, have that of what they are given.
std::vector<uint64_t> FindStorages(const Program& program,
                                   const Modules& modules,
                                   const FlatGraph& flat,
                                   const std::vector<Id>& passed);

}  // namespace strata::exported_program

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_PASSED_THROUGH_H_
