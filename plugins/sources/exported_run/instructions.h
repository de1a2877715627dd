// A program's plan as what a run does, one thing after another.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_RUN_INSTRUCTIONS_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_RUN_INSTRUCTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "plugins/sources/exported_program/modules.h"
#include "plugins/sources/exported_program/plan.h"
#include "plugins/sources/exported_program/program.h"

namespace strata::exported_run {

using exported_program::Id;
using exported_program::kNone;
using exported_program::Node;
using exported_program::Plan;
using exported_program::Program;
using exported_program::Range;

struct Instruction {
  enum class What : uint8_t {
    kEnter,     // The call `id`.
    kLeave,     // The same.
    kOperator,  // `node`.
    kPython,    // The same, for one that computes sizes.
    kUnless,    // Goes on at `target` where the value `id` is false.
    kCopy,      // Of `from` to `to`, all at once; then goes on at `target`.
    kSet,       // `node` says a setting,
    kReset,     // whose end this is.
    kNothing,
  };
  What what = What::kNothing;
  Id id = kNone;
  const Node* node = nullptr;
  uint32_t target = 0;
  Range from, to;  // Of `ids`.
  Range frees;     // Of `ids`: values that nobody needs after it.
};

// Values are canonical: see FlatGraph.
struct Instructions {
  std::vector<Instruction> list;
  std::vector<Id> ids;
};

// Of a program that was read for a run; linear in it. Values are freed after
// their last use, but for what is stored, the inputs, and the outputs. Errors
// name the operator and its module.
absl::StatusOr<Instructions> MakeInstructions(
    const Program& program, const exported_program::Modules& modules,
    const Plan& plan);

// "operator aten::conv2d.padding in 'layer1.0' (Conv2d)"
std::string OperatorInModule(const Program& program,
                             const exported_program::Modules& modules,
                             const Node& node, int module);

}  // namespace strata::exported_run

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_RUN_INSTRUCTIONS_H_
