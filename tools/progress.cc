#include "tools/progress.h"

#include <unistd.h>

#include <algorithm>
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
    : is_shown_(!quiet && isatty(STDERR_FILENO) != 0), begin_(absl::Now()) {}

void ProgressLine::Show(const Progress& progress) {
  if (!is_shown_) return;
  const absl::Time now = absl::Now();
  if (now < begin_ + absl::Seconds(1)) return;
  if (progress.phase == phase_ && now < next_) return;
  phase_ = progress.phase;
  next_ = now + absl::Milliseconds(100);
  Write(absl::StrCat("strata: ", ProgressText(progress)));
}

// Over what was there; what it was longer is blanked.
void ProgressLine::Write(const std::string& text) {
  const size_t longer = shown_.size() - std::min(shown_.size(), text.size());
  std::fprintf(stderr, "\r%s%s", text.c_str(),
               std::string(longer, ' ').c_str());
  std::fflush(stderr);
  shown_ = text;
}

void ProgressLine::Clear() {
  if (shown_.empty()) return;
  Write("");
  std::fputs("\r", stderr);
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
