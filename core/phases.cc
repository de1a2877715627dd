#include "core/phases.h"

#include <sys/resource.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"

namespace strata {
namespace {

int64_t PeakResidentBytes() {
  struct rusage usage;
  if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
  return int64_t{usage.ru_maxrss} * 1024;  // Linux counts in kilobytes.
}

std::string Line(absl::string_view name, absl::Duration wall, int64_t bytes) {
  return absl::StrFormat("%-24s %9.1f ms %9.1f MiB\n", name,
                         absl::ToDoubleMilliseconds(wall),
                         static_cast<double>(bytes) / (1024 * 1024));
}

}  // namespace

void Phases::Begin(absl::string_view name) {
  End();
  running_ = std::string(name);
  began_ = absl::Now();
}

void Phases::End() {
  if (running_.empty()) return;
  done_.push_back(
      {std::exchange(running_, ""), absl::Now() - began_, PeakResidentBytes()});
}

std::string Phases::Text() const {
  std::string text =
      absl::StrFormat("%-24s %12s %13s\n", "phase", "time", "peak memory");
  absl::Duration whole;
  int64_t peak = 0;
  for (const Phase& phase : done_) {
    text += Line(phase.name, phase.wall, phase.peak_resident_bytes);
    whole += phase.wall;
    peak = std::max(peak, phase.peak_resident_bytes);
  }
  return text + Line("all since main()", whole, peak);
}

}  // namespace strata
