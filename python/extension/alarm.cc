#include "python/extension/alarm.h"

namespace strata::python {

void Alarm::On() {
  thread_ = PyThread_get_thread_ident();
  state_ = State::kOn;
}

void Alarm::Off() {
  // What was not raised yet is raised no more.
  if (state_ == State::kOn) PyThreadState_SetAsyncExc(thread_, nullptr);
  state_ = State::kOff;
}

bool Alarm::Ring() {
  if (state_ == State::kOn) PyThreadState_SetAsyncExc(thread_, raised_.ptr());
  return state_ != State::kOff;
}

}  // namespace strata::python
