// What a run of a program tells, in order.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_PLAN_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_PLAN_H_

#include <cstdint>
#include <vector>

#include "plugins/sources/exported_program/flat_graph.h"
#include "plugins/sources/exported_program/modules.h"
#include "plugins/sources/exported_program/program.h"

namespace strata::exported_program {

struct Event {
  enum class What : uint8_t { kEnter, kLeave, kOperator, kControl };
  What what = What::kOperator;
  Id id = kNone;  // A call, or a step.
};

struct Plan {
  FlatGraph flat;
  std::vector<Event> events;
  std::vector<uint64_t> storages;  // By canonical value: its memory.
};

// Works out when calls begin and end, what they take and give, and which
// tensors share memory. Linear in the program.
Plan MakePlan(const Program& program, const Modules& modules);

}  // namespace strata::exported_program

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_PLAN_H_
