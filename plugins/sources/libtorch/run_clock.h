// When modules began and ended, noted while a model runs as fast as it can.

#ifndef STRATA_PLUGINS_SOURCES_LIBTORCH_RUN_CLOCK_H_
#define STRATA_PLUGINS_SOURCES_LIBTORCH_RUN_CLOCK_H_

#include <c10/core/Device.h>
#include <c10/core/Event.h>
#include <c10/util/ApproximateClock.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "core/module_visitor.h"

namespace strata::libtorch {

// What a module that runs is known by: its object's address, or its place in
// the tree. Which module that is a ModuleOf tells, `running` being the one in
// whose forward it began (-1: none).
using RunningId = uintptr_t;
using ModuleOf = std::function<int(RunningId id, int running)>;

// A list of marks: of which module, and when. Which one that was and what it
// means is found out after the run. On an accelerator a mark is an event on the
// stream, and nothing waits for the device until all is done; on the CPU it is
// the processor's time stamp counter, as in PyTorch's profiler, whose steps are
// measured by the steady clock: to read that itself takes three times as long.
// Kept from run to run, as events are dear to make.
class RunClock {
 public:
  explicit RunClock(c10::Device device) : device_(device) {}

  // A run begins, or has ended. An exception in End: the device was lost.
  void Begin(absl::Time deadline, const std::atomic<bool>* cancelled);
  void End();

  // A method of this module begins; the innermost one ends. Raise an exception
  // when the time is up, or the user wants an end.
  void Enter(RunningId id, bool is_forward);
  void Leave();

  // As Enter does, from loops that enter nothing.
  void Check();

  bool timed_out() const { return timed_out_; }
  bool cancelled() const { return was_cancelled_; }

  // After End: the run's modules, with their times, for the visitor. The root's
  // is from Begin to End.
  void Tell(const ModuleTree& tree, const ModuleOf& module_of,
            ModuleVisitor& visitor) const;

  // In the middle of a run: "in 'layer1.0.conv1' (Conv2d)".
  std::string WhereItIs(const ModuleTree& tree,
                        const ModuleOf& module_of) const;

 private:
  enum class Kind : uint8_t { kBegin, kEnterForward, kEnterMethod, kLeave };
  struct Mark {
    RunningId id;
    Kind kind;
    c10::approx_time_t ticks;
    double time_us;  // Since End.
  };

  void Add(RunningId id, Kind kind);
  void Record(size_t mark);

  const c10::Device device_;
  std::vector<Mark> marks_;
  std::vector<c10::Event> events_;  // By mark, on an accelerator.
  int64_t begin_ns_ = 0;
  absl::Time deadline_;
  const std::atomic<bool>* cancel_ = nullptr;
  bool timed_out_ = false;
  bool was_cancelled_ = false;
};

}  // namespace strata::libtorch

#endif  // STRATA_PLUGINS_SOURCES_LIBTORCH_RUN_CLOCK_H_
