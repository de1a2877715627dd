// The biggest batch that fits.

#ifndef STRATA_PLUGINS_METRICS_MEMORY_BATCH_SEARCH_H_
#define STRATA_PLUGINS_METRICS_MEMORY_BATCH_SEARCH_H_

#include <cstdint>
#include <optional>

namespace strata::metrics {

// Looks for the biggest batch whose need is at most a limit, from what some
// batches need. Takes needs to grow with the batch, about evenly: then a few
// are enough. At most kMostRuns are asked for.
class BatchSearch {
 public:
  static constexpr int kMostRuns = 60;
  static constexpr int64_t kLargest = int64_t{1} << 30;

  explicit BatchSearch(int64_t limit) : limit_(limit) {}

  // What a batch needs, in bytes, and what it uses of that: where even this is
  // no more for a thousand times as large a batch, nothing grows.
  void Add(int64_t batch, int64_t need, int64_t used);

  // The next that it wants to know of; nothing: it is done.
  std::optional<int64_t> Next();

  // The biggest that fits, 0 where not even one does; nothing where that is
  // not known.
  std::optional<int64_t> result() const;

  // Batches of more than a thousand times the first one's size use no more.
  bool does_not_grow() const { return does_not_grow_; }

 private:
  struct Known {
    int64_t batch;
    int64_t need;
    int64_t used;
  };

  int64_t Estimate(Known a, Known b) const;

  const int64_t limit_;
  std::optional<Known> first_;
  std::optional<Known> before_;   // The largest that fits but one.
  std::optional<Known> fits_;     // The largest.
  std::optional<Known> exceeds_;  // The smallest.
  bool does_not_grow_ = false;
  int64_t stride_ = 1;
  int runs_ = 0;
};

}  // namespace strata::metrics

#endif  // STRATA_PLUGINS_METRICS_MEMORY_BATCH_SEARCH_H_
