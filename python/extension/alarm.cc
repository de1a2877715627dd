#include "python/extension/alarm.h"

#include <pybind11/eval.h>

#include <optional>

namespace strata::python {
namespace {

namespace py = pybind11;

// A function in Python: where one begins, Python looks for what is to be
// raised. Never destroyed.
const py::object& Nothing() {
  static const auto* const nothing =
      new py::object(py::eval("lambda: None", py::dict()));
  return *nothing;
}

}  // namespace

void Alarm::On() {
  Nothing();
  thread_ = PyThread_get_thread_ident();
  state_ = State::kOn;
}

// What was not raised yet is raised, and caught, here. To take it back with a
// null leaves Python 3.11 looking for it for ever: all of its code is slower
// from then on, and code that is traced or profiled hangs.
void Alarm::Off() {
  if (state_ != State::kOn) return;
  state_ = State::kOff;
  PyThreadState_SetAsyncExc(thread_, raised_.ptr());
  std::optional<py::error_already_set> other;  // Ctrl-C.
  while (true) {
    try {
      Nothing()();
    } catch (py::error_already_set& e) {
      if (e.matches(raised_)) break;
      other.emplace(e);
    }
  }
  if (other) throw *other;
}

bool Alarm::Ring() {
  if (state_ == State::kOn) PyThreadState_SetAsyncExc(thread_, raised_.ptr());
  return state_ != State::kOff;
}

}  // namespace strata::python
