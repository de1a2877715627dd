// Hears of the scopes that modules open.

#ifndef STRATA_PLUGINS_SOURCES_TORCH_MODULE_SCOPE_RECORDER_H_
#define STRATA_PLUGINS_SOURCES_TORCH_MODULE_SCOPE_RECORDER_H_

#include <vector>

#include "plugins/sources/libtorch/run_clock.h"
#include "plugins/sources/libtorch/run_watch.h"
#include "plugins/sources/torch_module/module_reader.h"
#include "plugins/sources/torch_module/recording.h"
#include "plugins/sources/torch_module/scope.h"

namespace strata::torch_module {

// While it lives, writes the scopes of this thread down, or notes their times.
// Null: not wanted.
class ScopeRecorder : public ScopeListener {
 public:
  ScopeRecorder(const ReadModules& modules, Recorder* recorder,
                libtorch::RunWatch* watch, libtorch::RunClock* clock)
      : modules_(modules), recorder_(recorder), watch_(watch), clock_(clock) {
    scope_listener = this;
  }
  ~ScopeRecorder() { scope_listener = nullptr; }
  ScopeRecorder(const ScopeRecorder&) = delete;
  ScopeRecorder& operator=(const ScopeRecorder&) = delete;

  // Raises an exception when the time is up, or the user wants an end.
  void EnterScope(const torch::nn::Module* module) override {
    const int running = places_.empty() ? -1 : places_.back();
    const int place = PlaceOf(modules_, module, running);
    places_.push_back(place < 0 ? running : place);
    if (recorder_ != nullptr) recorder_->EnterScope(place);
    is_known_.push_back(place > 0);
    if (clock_ != nullptr && place > 0) clock_->Enter(place, true);
    if (watch_ != nullptr) watch_->CheckTime();
  }
  void LeaveScope(bool is_raised) override {
    if (places_.empty()) return;
    if (recorder_ != nullptr) recorder_->LeaveScope(is_raised);
    if (clock_ != nullptr && is_known_.back() && !is_raised) clock_->Leave();
    places_.pop_back();
    is_known_.pop_back();
  }

 private:
  const ReadModules& modules_;
  Recorder* const recorder_;
  libtorch::RunWatch* const watch_;
  libtorch::RunClock* const clock_;
  std::vector<int> places_;  // Of the open scopes.
  std::vector<bool> is_known_;
};

}  // namespace strata::torch_module

#endif  // STRATA_PLUGINS_SOURCES_TORCH_MODULE_SCOPE_RECORDER_H_
