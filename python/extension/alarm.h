// An exception for what takes too long.

#ifndef STRATA_PYTHON_EXTENSION_ALARM_H_
#define STRATA_PYTHON_EXTENSION_ALARM_H_

#include <pybind11/pybind11.h>

#include <utility>

namespace strata::python {

// Another thread rings it; then `raised` is raised in the thread that has it
// on. Python looks for that between two steps of its own, and each function
// here is one step: nothing is raised once it is off.
class Alarm {
 public:
  explicit Alarm(pybind11::object raised) : raised_(std::move(raised)) {}

  // Once.
  void On();
  void Off();

  // False: it is off again, and there is nothing more to ring for.
  bool Ring();

 private:
  enum class State { kNotYet, kOn, kOff };

  pybind11::object raised_;
  State state_ = State::kNotYet;
  unsigned long thread_ = 0;
};

}  // namespace strata::python

#endif  // STRATA_PYTHON_EXTENSION_ALARM_H_
