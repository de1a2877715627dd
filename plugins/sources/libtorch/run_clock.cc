#include "plugins/sources/libtorch/run_clock.h"

#include <c10/core/impl/VirtualGuardImpl.h>

#include <chrono>
#include <stdexcept>

#include "absl/time/clock.h"
#include "plugins/sources/libtorch/place_text.h"

namespace strata::libtorch {
namespace {

int64_t NowNanoseconds() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

void RunClock::Begin(absl::Time deadline, const std::atomic<bool>* cancelled) {
  marks_.clear();
  cancel_ = cancelled;
  deadline_ = deadline;
  timed_out_ = was_cancelled_ = false;
  begin_ns_ = NowNanoseconds();
  Add(0, Kind::kBegin);
}

void RunClock::End() {
  Add(0, Kind::kLeave);
  constexpr double kMicrosecondsPerNanosecond = 1e-3;
  constexpr double kMicrosecondsPerMillisecond = 1e3;
  if (device_.is_cpu()) {
    // The counter's steps are as long as the steady clock says.
    const double took_us =
        (NowNanoseconds() - begin_ns_) * kMicrosecondsPerNanosecond;
    const auto begin = marks_.front().ticks;
    const auto steps = marks_.back().ticks - begin;
    for (Mark& mark : marks_) {
      mark.time_us = steps == 0 ? 0 : took_us * (mark.ticks - begin) / steps;
    }
    return;
  }
  events_[marks_.size() - 1].synchronize();
  for (size_t i = 1; i < marks_.size(); ++i) {
    marks_[i].time_us =
        events_[0].elapsedTime(events_[i]) * kMicrosecondsPerMillisecond;
  }
}

void RunClock::Add(RunningId id, Kind kind) {
  if (!device_.is_cpu()) Record(marks_.size());
  // Nothing but this line stands between the clock and the module.
  marks_.push_back({id, kind, c10::getApproximateTime(), 0});
}

void RunClock::Record(size_t mark) {
  while (events_.size() <= mark) {
    // PyTorch's own default is an event without a time.
    events_.emplace_back(device_.type(), c10::EventFlag::BACKEND_DEFAULT);
  }
  const c10::impl::VirtualGuardImpl guard(device_.type());
  events_[mark].record(guard.getStream(device_));
}

void RunClock::Check() {
  was_cancelled_ =
      cancel_ != nullptr && cancel_->load(std::memory_order_relaxed);
  if (was_cancelled_) throw std::runtime_error("it was to end");
  if (deadline_ == absl::InfiniteFuture()) return;
  timed_out_ = absl::Now() > deadline_;
  if (timed_out_) throw std::runtime_error("the time is up");
}

void RunClock::Enter(RunningId id, bool is_forward) {
  Check();
  Add(id, is_forward ? Kind::kEnterForward : Kind::kEnterMethod);
}

void RunClock::Leave() { Add(0, Kind::kLeave); }

void RunClock::Tell(const ModuleTree& tree, const ModuleOf& module_of,
                    ModuleVisitor& visitor) const {
  struct Open {
    int module;
    int number;
    bool is_told;
  };
  std::vector<int> calls(tree.size(), 0);
  std::vector<Open> open;
  for (const Mark& mark : marks_) {
    if (mark.kind == Kind::kLeave) {
      const Open left = open.back();
      open.pop_back();
      if (!left.is_told) continue;
      visitor.LeaveModule({left.module, left.number, {}, {}, mark.time_us});
      continue;
    }
    Open entered{0, 0, mark.kind != Kind::kEnterMethod};
    if (mark.kind != Kind::kBegin) {
      entered.module = module_of(mark.id, open.back().module);
      // The root's own forward stands inside of what was timed from outside.
      if (open.size() == 1 && entered.module == 0) entered.is_told = false;
    }
    if (entered.is_told) {
      entered.number = calls[entered.module]++;
      visitor.EnterModule(
          {entered.module, entered.number, {}, {}, mark.time_us});
    }
    open.push_back(entered);
  }
}

std::string RunClock::WhereItIs(const ModuleTree& tree,
                                const ModuleOf& module_of) const {
  std::vector<int> open;
  for (const Mark& mark : marks_) {
    if (mark.kind == Kind::kLeave) {
      open.pop_back();
    } else if (mark.kind == Kind::kBegin) {
      open.push_back(0);
    } else {
      open.push_back(module_of(mark.id, open.back()));
    }
  }
  return PlaceText(tree.modules[open.empty() ? 0 : open.back()]);
}

}  // namespace strata::libtorch
