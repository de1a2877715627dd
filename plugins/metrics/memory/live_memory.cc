#include "plugins/metrics/memory/live_memory.h"

#include <algorithm>

namespace strata::metrics {

void LiveMemory::Enter(int module) { running_.push_back({module, now_}); }

void LiveMemory::Leave() {
  if (running_.empty()) return;
  const Running left = running_.back();
  running_.pop_back();
  peaks_[left.module] = std::max(peaks_[left.module], left.peak);
  if (!running_.empty()) {
    running_.back().peak = std::max(running_.back().peak, left.peak);
  }
}

void LiveMemory::See(const MemoryEvent& event) {
  const auto found = live_.find(event.storage);
  if (found != live_.end()) {
    // Given back, or used for something else without a word.
    Apply({found->second.module, -found->second.bytes});
    live_.erase(found);
  }
  if (!event.allocated || event.bytes <= 0) return;
  live_[event.storage] = {event.module, event.bytes};
  Apply({event.module, event.bytes});
  if (now_ > peak_) {
    peak_ = now_;
    peak_module_ = event.module;
    events_at_peak_ = log_.size();
  }
  if (!running_.empty()) {
    running_.back().peak = std::max(running_.back().peak, now_);
  }
}

void LiveMemory::Apply(Change change) {
  log_.push_back(change);
  overflowed_ |= __builtin_add_overflow(now_, change.bytes, &now_);
}

std::vector<Count> LiveMemory::Made(size_t events) const {
  std::vector<Count> made(peaks_.size(), Known(0));
  if (overflowed_) return made;
  std::vector<int64_t> bytes(peaks_.size(), 0);
  for (size_t i = 0; i < events; ++i) bytes[log_[i].module] += log_[i].bytes;
  std::copy(bytes.begin(), bytes.end(), made.begin());
  return made;
}

std::vector<Count> LiveMemory::PeaksWhileRunning(const ModuleTree& tree) const {
  std::vector<int64_t> peaks = peaks_;
  // Those that a failed run has left open.
  int64_t inner = 0;
  for (auto open = running_.rbegin(); open != running_.rend(); ++open) {
    inner = std::max(inner, open->peak);
    peaks[open->module] = std::max(peaks[open->module], inner);
  }
  std::vector<Count> counts(peaks.size(), Known(0));
  for (int i = tree.size() - 1; i >= 0; --i) {
    counts[i] = Known(peaks[i]);
    const int parent = tree.modules[i].parent;
    if (parent >= 0) peaks[parent] = std::max(peaks[parent], peaks[i]);
  }
  return counts;
}

}  // namespace strata::metrics
