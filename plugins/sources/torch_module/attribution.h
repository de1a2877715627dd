// To which calls of which modules the operators of a run belong.
//
// C++ modules have no hooks. What is known is the tree, the operators in their
// order, whose parameters they take, and the scopes that some modules' code
// opens. docs/cpp-api.md tells the rules; the class Attributor has them.

#ifndef STRATA_PLUGINS_SOURCES_TORCH_MODULE_ATTRIBUTION_H_
#define STRATA_PLUGINS_SOURCES_TORCH_MODULE_ATTRIBUTION_H_

#include <vector>

#include "absl/types/span.h"
#include "core/module_tree.h"
#include "core/tensor_spec.h"
#include "plugins/sources/torch_module/module_index.h"
#include "plugins/sources/torch_module/recording.h"
#include "plugins/sources/torch_module/values.h"

namespace strata::torch_module {

// One call of a module's forward.
struct AttributedCall {
  int module = 0;
  int caller = -1;  // In Attribution::calls; -1 for the root's.
  // Seen, or as good as seen; else worked out.
  bool is_certain = false;
  bool is_open = true;  // Nothing says that it has ended.
  // Its outermost operators, with those of what it called: [begin, end).
  int begin = 0;
  int end = 0;
};

struct AttributedStep {
  enum class Kind { kEnter, kLeave, kEvent };
  Kind kind;
  int index;  // In Attribution::calls, or in Recording::events.
};

struct Attribution {
  std::vector<AttributedCall> calls;  // In the order in which they begin.
  std::vector<AttributedStep> steps;
  std::vector<int> call_of;   // Of each outermost operator: the innermost call.
  std::vector<int> inferred;  // Modules of which something was worked out.
};

// `values` is made from OutermostOperators. With `is_complete` the run has
// ended, and so has every call.
Attribution Attribute(const ModuleTree& tree, const ModuleIndex& index,
                      const Recording& recording, const Values& values,
                      bool is_complete);

}  // namespace strata::torch_module

#endif  // STRATA_PLUGINS_SOURCES_TORCH_MODULE_ATTRIBUTION_H_
