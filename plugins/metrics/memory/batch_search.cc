#include "plugins/metrics/memory/batch_search.h"

#include <algorithm>

namespace strata::metrics {

void BatchSearch::Add(int64_t batch, int64_t need, int64_t used) {
  const Known known = {batch, need, used};
  if (!first_) first_ = known;
  if (need > limit_) {
    if (!exceeds_ || batch < exceeds_->batch) exceeds_ = known;
    return;
  }
  if (fits_ && batch <= fits_->batch) return;
  before_ = fits_;
  fits_ = known;
  constexpr int64_t kManyTimes = 1024;
  does_not_grow_ =
      fits_->used <= first_->used && fits_->batch / kManyTimes >= first_->batch;
}

// Where the line through two batches meets the limit.
int64_t BatchSearch::Estimate(Known a, Known b) const {
  if (b.need <= a.need) return kLargest;
  const double slope = static_cast<double>(b.need - a.need) /
                       static_cast<double>(b.batch - a.batch);
  const double estimate = static_cast<double>(a.batch) +
                          static_cast<double>(limit_ - a.need) / slope;
  return static_cast<int64_t>(
      std::min(std::max(estimate, 0.0), static_cast<double>(kLargest)));
}

std::optional<int64_t> BatchSearch::Next() {
  if (!first_ || does_not_grow_ || runs_ == kMostRuns) return std::nullopt;
  const int64_t low = fits_ ? fits_->batch : 0;
  if (!exceeds_ && low >= kLargest) return std::nullopt;
  if (exceeds_ && exceeds_->batch - low <= 1) return std::nullopt;
  ++runs_;
  if (!exceeds_) {
    if (!before_) return std::min(low * 2, kLargest);
    // Sixteen times at the most: a line through two small batches tells little.
    const int64_t estimate =
        std::min(Estimate(*before_, *fits_), std::min(low, kLargest / 16) * 16);
    if (estimate > low) return estimate;
    const int64_t next = low + stride_;
    stride_ *= 2;
    return std::min(next, kLargest);
  }
  const int64_t middle = low + (exceeds_->batch - low) / 2;
  if (!fits_ || runs_ % 2 == 0) return middle;
  return std::clamp(Estimate(*fits_, *exceeds_), low + 1, exceeds_->batch - 1);
}

std::optional<int64_t> BatchSearch::result() const {
  if (!exceeds_) return std::nullopt;
  const int64_t low = fits_ ? fits_->batch : 0;
  if (exceeds_->batch - low > 1) return std::nullopt;
  return low;
}

}  // namespace strata::metrics
