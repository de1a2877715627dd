// How long each part of the work takes, for who asks (`--verbose`).

#ifndef STRATA_CORE_PHASES_H_
#define STRATA_CORE_PHASES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace strata {

// One part of the work.
struct Phase {
  std::string name;  // "load code"
  absl::Duration wall;
  // The most memory that the process had been given by the end of it.
  int64_t peak_resident_bytes = 0;
};

// Notes phases, one after another: beginning one ends the one before it. Used
// by one thread.
class Phases {
 public:
  void Begin(absl::string_view name);
  void End();

  // Those that have ended, in the order of their beginnings. A name that comes
  // again has a line of its own.
  const std::vector<Phase>& done() const { return done_; }

  // A line for each phase and one for the whole.
  std::string Text() const;

 private:
  std::vector<Phase> done_;
  std::string running_;  // Empty: none.
  absl::Time began_;
};

// For code that may not have been given any.
inline void BeginPhase(Phases* phases, absl::string_view name) {
  if (phases != nullptr) phases->Begin(name);
}

}  // namespace strata

#endif  // STRATA_CORE_PHASES_H_
