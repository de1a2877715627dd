// A program's graphs as one list of steps, each with the call it belongs to.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_FLAT_GRAPH_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_FLAT_GRAPH_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "plugins/sources/exported_program/modules.h"
#include "plugins/sources/exported_program/program.h"

namespace strata::exported_program {

// One call of a module. The first is that of the model.
struct Call {
  Id parent = kNone;
  int module = 0;
  int number = -1;  // Of the module's calls; -1: it has no steps.
  int depth = 0;
  std::vector<Id> inputs, outputs;  // Values.
};

struct Step {
  const Node* node =
      nullptr;  // Null: a call without operators, begun and ended.
  Id call = kNone;
};

struct FlatGraph {
  std::vector<Call> calls;
  std::vector<Step> steps;
  // By value: the one that it is, where a graph inside of another takes it in
  // or gives it back.
  std::vector<Id> canonical;
  std::vector<std::string> warnings;
};

// Of a `cond` the branch that costs more is taken, where the open sizes are as
// they were when the model was exported.
FlatGraph Flatten(const Program& program, const Modules& modules);

// The innermost call around both.
Id CommonCall(const std::vector<Call>& calls, Id a, Id b);

}  // namespace strata::exported_program

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_FLAT_GRAPH_H_
