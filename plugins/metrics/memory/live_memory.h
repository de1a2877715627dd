// Follows what is alive during a run.

#ifndef STRATA_PLUGINS_METRICS_MEMORY_LIVE_MEMORY_H_
#define STRATA_PLUGINS_METRICS_MEMORY_LIVE_MEMORY_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "core/count.h"
#include "core/module_tree.h"
#include "core/module_visitor.h"

namespace strata::metrics {

// Live bytes, their highest point, and who made what was alive then. Linear in
// events: it keeps a log of them, and plays it again up to the highest point
// only when asked.
class LiveMemory {
 public:
  explicit LiveMemory(int modules) : peaks_(modules, 0) {}

  void Enter(int module);
  void Leave();
  void See(const MemoryEvent& event);

  // The most bytes that were alive at once; unknown where they overflowed.
  Count peak() const { return Known(peak_); }
  // The module that was running when they were first reached; 0 before anything
  // was.
  int peak_module() const { return peak_module_; }

  // The bytes alive at the peak, and those alive now, by the module that made
  // them. Each adds up to the whole.
  std::vector<Count> MadeAtPeak() const { return Made(events_at_peak_); }
  std::vector<Count> MadeNow() const { return Made(log_.size()); }

  // The most bytes that were alive, whoever made them, while each module ran:
  // its own calls, and for containers those of the modules they hold.
  std::vector<Count> PeaksWhileRunning(const ModuleTree& tree) const;

 private:
  struct Change {
    int module;  // The one that made it, also where it is given back.
    int64_t bytes;
  };
  struct Running {
    int module;
    int64_t peak;
  };

  Count Known(int64_t bytes) const {
    return overflowed_ ? Count::Unknown() : Count(bytes);
  }
  std::vector<Count> Made(size_t events) const;
  void Apply(Change change);

  std::vector<Change> log_;
  absl::flat_hash_map<uint64_t, Change> live_;  // By storage.
  int64_t now_ = 0;
  int64_t peak_ = 0;
  int peak_module_ = 0;
  size_t events_at_peak_ = 0;
  bool overflowed_ = false;
  std::vector<Running> running_;
  std::vector<int64_t> peaks_;  // By module.
};

}  // namespace strata::metrics

#endif  // STRATA_PLUGINS_METRICS_MEMORY_LIVE_MEMORY_H_
