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

// An operator, or a call without any, which is begun and ended. In a program
// that is for a run also what tells a run where to go on.
struct Step {
  enum class What : uint8_t {
    kTold,
    kPython,   // It computes sizes.
    kIf,       // Goes behind kElse where its condition is false.
    kElse,     // Ends the first branch, and goes to kEndIf.
    kEndElse,  // Ends the second.
    kEndIf,
    kLoop,     // Sets the variables.
    kTest,     // Goes to kEndLoop where the condition is false.
    kNext,     // Sets the variables anew, and goes behind kLoop.
    kEndLoop,  // Gives them back.
    kSet,      // Before a graph that runs under a setting, as no_grad.
    kReset,    // After it.
  };
  const Node* node = nullptr;  // An operator that a summary is told of.
  Id call = kNone;
  What what = What::kTold;
  const Node* control = nullptr;  // Null for kTold.
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
// they were when the model was exported. For a run both are, and the variables
// of loops are values of their own.
FlatGraph Flatten(const Program& program, const Modules& modules);

// Nodes that a pass of the exporter made belong to what is around them.
void SettleCalls(FlatGraph& flat);

// The innermost call around both.
Id CommonCall(const std::vector<Call>& calls, Id a, Id b);

}  // namespace strata::exported_program

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_FLAT_GRAPH_H_
