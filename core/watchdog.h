// Calls for help when something takes too long.

#ifndef STRATA_CORE_WATCHDOG_H_
#define STRATA_CORE_WATCHDOG_H_

#include <functional>
#include <thread>
#include <utility>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

namespace strata {

// Calls `bark` once, from a thread of its own, if it lives longer than `after`.
// The destructor waits for a call that has begun.
class Watchdog {
 public:
  Watchdog(absl::Duration after, std::function<void()> bark)
      : thread_([this, after, bark = std::move(bark)] {
          if (!done_.WaitForNotificationWithTimeout(after)) bark();
        }) {}
  ~Watchdog() {
    done_.Notify();
    thread_.join();
  }
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  absl::Notification done_;
  std::thread thread_;  // Last: it uses what is above.
};

}  // namespace strata

#endif  // STRATA_CORE_WATCHDOG_H_
