// A backward pass, played on a device's allocator.

#ifndef STRATA_PLUGINS_METRICS_MEMORY_BACKWARD_H_
#define STRATA_PLUGINS_METRICS_MEMORY_BACKWARD_H_

#include <cstdint>
#include <vector>

#include "plugins/metrics/memory/caching_allocator.h"
#include "plugins/metrics/memory/run_record.h"

namespace strata::metrics {

// The operators of a forward pass, the last first. Each
//   makes a gradient for each block that it read and to which gradients flow,
//   as large as the block (a sum hands on the one that it has);
//   adds it to the one that the block has already: into that one where nobody
//   else holds it, else into a third;
//   makes the gradients of its parameters, which stay;
//   then gives up the gradients of what it gave, and what was saved for it: a
//   block is freed once all that read it are done and, where the operator that
//   made it needs its result, that one.
// Not modelled: what a kernel takes for itself, and copies that it makes of
// gradients whose layout does not suit it.
class Backward {
 public:
  using Block = CachingAllocator::Block;

  // All must outlive it. `gradients`: bytes by parameter.
  Backward(const RunRecord& run, const std::vector<int64_t>& gradients,
           CachingAllocator& device);

  // `blocks`: what the forward pass left alive; afterwards only its outputs
  // are. `parameters`: gets the gradients, by parameter.
  void Run(std::vector<Block>& blocks, std::vector<Block>& parameters);

 private:
  // A gradient; several blocks may have the same.
  struct Gradient {
    Block block;
    int holders;
  };

  int Make(int64_t bytes);
  void Release(int gradient);
  void Add(int block, int gradient);
  void RunOp(const RecordedOp& op, std::vector<Block>& parameters);
  void FreeSaved(int op, std::vector<Block>& blocks);

  const RunRecord& run_;
  const std::vector<int64_t>& gradients_;
  CachingAllocator& device_;
  std::vector<Gradient> made_;
  std::vector<int> gradient_of_;               // By block; -1: none.
  std::vector<std::vector<int>> freed_after_;  // Blocks, by operator.
};

}  // namespace strata::metrics

#endif  // STRATA_PLUGINS_METRICS_MEMORY_BACKWARD_H_
