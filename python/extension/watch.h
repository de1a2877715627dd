// Runs of a model, as they are watched.

#ifndef STRATA_PYTHON_EXTENSION_WATCH_H_
#define STRATA_PYTHON_EXTENSION_WATCH_H_

#include <pybind11/pybind11.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/module_tree.h"
#include "plugins/sources/libtorch/accelerator_rules.h"
#include "plugins/sources/libtorch/packed_parameters.h"
#include "plugins/sources/libtorch/run_clock.h"
#include "plugins/sources/libtorch/run_watch.h"
#include "python/extension/calls.h"
#include "python/extension/recording.h"

namespace strata::python {

// One run, of modules that Python numbers as they come. Between Begin and End
// operators on this thread are recorded.
class Watch : public CallVisitor {
 public:
  Watch(bool operators, bool memory, bool on_meta);

  void Begin();
  void End();

  void Enter(int module, absl::Span<PyObject* const> arguments) override;
  void Leave(pybind11::handle output) override;
  void LeaveRaised() override;

  // Where the exception that is being raised came from: the module's number
  // (-1: nothing ran yet), and what it was given.
  int raised_in() const { return raised_in_; }
  const std::string& raised_given() const { return raised_given_; }

  const std::shared_ptr<Recording>& recording() const { return recording_; }

 private:
  libtorch::WatchOptions options_;
  ModuleTree no_tree_;  // The RunWatch's: where things are, Python says.
  std::shared_ptr<libtorch::PackedParameters> packed_;  // Of this run.
  std::shared_ptr<Recording> recording_ = std::make_shared<Recording>();
  // What memory an accelerator would take, where there are shapes alone.
  std::optional<libtorch::AsOnAccelerator> as_on_accelerator_;
  std::optional<libtorch::RunWatch> run_;
  int raised_in_ = -1;
  std::string raised_given_;
};

// A run for the clock.
class Clock : public CallVisitor {
 public:
  explicit Clock(const std::string& device);

  void Begin();
  void End();
  void Enter(int module, absl::Span<PyObject* const> arguments) override;
  void Leave(pybind11::handle output) override;
  void LeaveRaised() override;

  const libtorch::RunClock& clock() const { return clock_; }

 private:
  libtorch::RunClock clock_;
};

}  // namespace strata::python

#endif  // STRATA_PYTHON_EXTENSION_WATCH_H_
