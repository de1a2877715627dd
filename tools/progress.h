// Shows whoever waits how far long work has come.

#ifndef STRATA_TOOLS_PROGRESS_H_
#define STRATA_TOOLS_PROGRESS_H_

#include <atomic>
#include <string>

#include "absl/time/time.h"
#include "core/timed_runs.h"

namespace strata::tools {

// "run 12 of 50, about 3s left", without control characters.
std::string ProgressText(const Progress& progress);

// One line on standard error that is written over again and again, and is gone
// in the end. Nothing in the first second, which needs no explanation, and
// nothing at all where standard error is no terminal, or `quiet`.
class ProgressLine {
 public:
  explicit ProgressLine(bool quiet);
  ~ProgressLine() { Clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void Show(const Progress& progress);
  void Clear();

 private:
  const bool is_shown_;
  void Write(const std::string& text);

  std::string shown_;
  std::string phase_;
  const absl::Time begin_;
  absl::Time next_;  // Of one phase not before then: terminals are slow.
};

// Becomes true when the user presses Ctrl-C. A second time ends the program at
// once.
const std::atomic<bool>& WatchForInterrupt();

}  // namespace strata::tools

#endif  // STRATA_TOOLS_PROGRESS_H_
