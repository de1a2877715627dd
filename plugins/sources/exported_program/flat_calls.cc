// Of flat_graph.h: which calls steps are of.

#include <cstddef>
#include <vector>

#include "plugins/sources/exported_program/flat_graph.h"

namespace strata::exported_program {

Id CommonCall(const std::vector<Call>& calls, Id a, Id b) {
  while (a != b) {
    if (calls[a].depth >= calls[b].depth) {
      a = calls[a].parent;
    } else {
      b = calls[b].parent;
    }
  }
  return a;
}

void SettleCalls(FlatGraph& flat) {
  std::vector<Step>& steps = flat.steps;
  std::vector<Id> next(steps.size(), 0);
  Id after = 0;
  for (size_t i = steps.size(); i-- > 0;) {
    if (steps[i].call != kNone) after = steps[i].call;
    next[i] = after;
  }
  Id before = 0;
  for (size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].call != kNone) {
      before = steps[i].call;
    } else {
      steps[i].call = CommonCall(flat.calls, before, next[i]);
    }
  }
}

}  // namespace strata::exported_program
