#include "tools/progress.h"

#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace strata::tools {
namespace {

std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free,
              "a signal handler may not wait");

}  // namespace

std::string ProgressText(const Progress& progress) {
  std::string text = progress.phase;
  if (progress.run > 0) absl::StrAppend(&text, " ", progress.run);
  if (progress.runs > 0) absl::StrAppend(&text, " of ", progress.runs);
  if (progress.left < absl::InfiniteDuration()) {
    absl::StrAppend(
        &text, ", about ",
        absl::FormatDuration(absl::Ceil(progress.left, absl::Seconds(1))),
        " left");
  }
  return text;
}

ProgressLine::ProgressLine(bool quiet)
    : is_shown_(!quiet && isatty(STDERR_FILENO) != 0) {}

void ProgressLine::Show(const Progress& progress) {
  if (!is_shown_ || (progress.phase == phase_ && absl::Now() < next_)) return;
  phase_ = progress.phase;
  next_ = absl::Now() + absl::Milliseconds(100);
  is_there_ = true;
  // To the line's start, the text, and what is behind it erased.
  std::fprintf(stderr, "\rstrata: %s\x1b[K", ProgressText(progress).c_str());
  std::fflush(stderr);
}

void ProgressLine::Clear() {
  if (!is_there_) return;
  is_there_ = false;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
}

const std::atomic<bool>& WatchForInterrupt() {
  struct sigaction action = {};
  action.sa_handler = [](int) { interrupted = true; };
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  sigaction(SIGINT, &action, nullptr);
  return interrupted;
}

}  // namespace strata::tools
