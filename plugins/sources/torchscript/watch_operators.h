// Operators of our own, which a loaded model calls when its methods begin and
// end (watch_points.h puts the calls in), and what they tell.

#ifndef STRATA_PLUGINS_SOURCES_TORCHSCRIPT_WATCH_OPERATORS_H_
#define STRATA_PLUGINS_SOURCES_TORCHSCRIPT_WATCH_OPERATORS_H_

#include <ATen/core/ivalue.h>

#include "core/module_visitor.h"
#include "plugins/sources/libtorch/run_clock.h"
#include "plugins/sources/libtorch/run_watch.h"
#include "plugins/sources/torchscript/module_reader.h"

namespace strata::torchscript {

// While it lives, the operators on this thread tell `run()`. Not nested.
class ModuleWatch {
 public:
  // `modules` and `visitor` must outlive it.
  ModuleWatch(const ReadModules& modules, ModuleVisitor& visitor,
              libtorch::WatchOptions options);
  ~ModuleWatch();
  ModuleWatch(const ModuleWatch&) = delete;
  ModuleWatch& operator=(const ModuleWatch&) = delete;

  libtorch::RunWatch& run() { return run_; }

  // What the operators call.
  void Enter(c10::ArrayRef<c10::IValue> self_and_inputs, bool is_forward);
  void Leave(c10::ArrayRef<c10::IValue> self_and_outputs);

 private:
  const ReadModules& modules_;
  libtorch::RunWatch run_;
};

// The clock of the run on this thread, which the operators tell before all
// else; null: none is timed.
libtorch::RunClock*& CurrentClock();

// What the clock knows modules by: the addresses of their objects.
libtorch::ModuleOf ByAddress(const ReadModules& modules);

// Once in a process; cheap to call again.
void RegisterWatchOperators();

}  // namespace strata::torchscript

#endif  // STRATA_PLUGINS_SOURCES_TORCHSCRIPT_WATCH_OPERATORS_H_
