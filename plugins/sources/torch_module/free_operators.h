// Whose the operators are that take no module's parameters.

#ifndef STRATA_PLUGINS_SOURCES_TORCH_MODULE_FREE_OPERATORS_H_
#define STRATA_PLUGINS_SOURCES_TORCH_MODULE_FREE_OPERATORS_H_

#include <vector>

#include "plugins/sources/torch_module/attribution.h"
#include "plugins/sources/torch_module/items.h"
#include "plugins/sources/torch_module/module_index.h"
#include "plugins/sources/torch_module/open_calls.h"
#include "plugins/sources/torch_module/recording.h"
#include "plugins/sources/torch_module/values.h"

namespace strata::torch_module {

// Looks at what has been attributed so far. `last` and `next` are the modules
// that the operators around are of.
class FreeOperators {
 public:
  // All must outlive it.
  FreeOperators(const ModuleIndex& index, const Values& values,
                const std::vector<const RecordedOperator*>& operators,
                const std::vector<Item>& items, const OpenCalls& calls,
                const Attribution& result)
      : index_(index),
        values_(values),
        operators_(operators),
        items_(items),
        calls_(calls),
        result_(result),
        last_used_(index.size(), -1) {}

  // Whose the next operator with parameters in this scope is; the scope's own
  // module where there is none.
  int NextOf(const Item& item) const;

  // One of LibTorch's own layers gives back what it made last with its
  // parameters: who uses another value of it is its own code.
  bool IsInsideOfLayer(int op) const;
  // What LibTorch's own layers call before they come to their parameters.
  bool PreparesLayer(const RecordedOperator& op, int next) const;

  // The torch::nn::Functional that a Sequential calls after `last`; -1: none.
  int FindFunctional(int last, int next) const;
  // A registered layer without parameters that calls this operator; -1: none.
  int FindCaller(const RecordedOperator& op, int last, int next) const;
  // FindCaller's answer was taken.
  void Use(int module, int op) { last_used_[module] = op; }

  // The module that comes next after an operator that nobody is known to call:
  // what takes operators like it may come before `next` does.
  int NextBefore(const Item& item, int last, int next) const;
  // Whose code calls an operator that no module is known to call.
  int FindPlace(int op, int last, int next) const;

 private:
  bool IsUsed(int module) const;
  int MadeInside(int op, int last, int place) const;
  int OutermostOpen(int from, int to) const;

  const ModuleIndex& index_;
  const Values& values_;
  const std::vector<const RecordedOperator*>& operators_;
  const std::vector<Item>& items_;
  const OpenCalls& calls_;
  const Attribution& result_;
  std::vector<int> last_used_;  // By module: the operator.
};

}  // namespace strata::torch_module

#endif  // STRATA_PLUGINS_SOURCES_TORCH_MODULE_FREE_OPERATORS_H_
