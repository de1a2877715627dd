#include "plugins/metrics/memory/device_replay.h"

#include "plugins/metrics/memory/backward.h"
#include "plugins/metrics/memory/caching_allocator.h"
#include "plugins/metrics/memory/live_memory.h"

namespace strata::metrics {
namespace {

using Block = CachingAllocator::Block;

std::vector<Block> AllocateAll(const std::vector<int64_t>& bytes,
                               CachingAllocator& device) {
  std::vector<Block> blocks;
  blocks.reserve(bytes.size());
  for (const int64_t one : bytes) blocks.push_back(device.Allocate(one));
  return blocks;
}

void FreeAll(std::vector<Block>& blocks, CachingAllocator& device) {
  for (Block& block : blocks) {
    device.Free(block);
    block = 0;
  }
}

// Plays the run; what is alive afterwards is in `blocks`, by the run's numbers.
void Forward(const RunRecord& run, CachingAllocator& device,
             std::vector<Block>& blocks) {
  for (const RunEvent& event : run.events()) {
    if (event.kind == RunEvent::kAllocate) {
      blocks[event.index] = device.Allocate(run.bytes(event.index));
    } else if (event.kind == RunEvent::kFree) {
      device.Free(blocks[event.index]);
      blocks[event.index] = 0;
    }
  }
}

DevicePeaks PeaksOf(const CachingAllocator& device) {
  return {device.peak_allocated(), device.peak_reserved()};
}

void Step(const std::vector<int64_t>& gradients, int tensors,
          CachingAllocator& device, std::vector<Block>& blocks) {
  for (int i = 0; i < tensors; ++i) {
    for (const Block block : AllocateAll(gradients, device)) {
      blocks.push_back(block);
    }
  }
}

}  // namespace

DevicePeaks ReplayInference(const std::vector<int64_t>& held,
                            const RunRecord& run) {
  CachingAllocator device;
  AllocateAll(held, device);
  AllocateAll(run.input_bytes(), device);
  std::vector<Block> blocks(run.blocks(), 0);
  Forward(run, device, blocks);
  return PeaksOf(device);
}

std::vector<Count> ReplayByModule(const std::vector<int64_t>& held,
                                  const RunRecord& run,
                                  const ModuleTree& tree) {
  CachingAllocator device;
  AllocateAll(held, device);
  AllocateAll(run.input_bytes(), device);
  if (!device.allocated().known()) {
    return std::vector<Count>(tree.size(), Count::Unknown());
  }
  LiveMemory live(tree.size());
  live.See({true, 0, *device.allocated().value(), 0});
  std::vector<Block> blocks(run.blocks(), 0);
  for (const RunEvent& event : run.events()) {
    // No storage of the run has the number 0.
    const auto storage = static_cast<uint64_t>(event.index) + 1;
    switch (event.kind) {
      case RunEvent::kEnter:
        live.Enter(event.module);
        break;
      case RunEvent::kLeave:
        live.Leave();
        break;
      case RunEvent::kAllocate: {
        const Count before = device.allocated();
        blocks[event.index] = device.Allocate(run.bytes(event.index));
        if (!device.allocated().known()) {
          return std::vector<Count>(tree.size(), Count::Unknown());
        }
        live.See({true, storage, *device.allocated().value() - *before.value(),
                  event.module});
        break;
      }
      case RunEvent::kFree:
        device.Free(blocks[event.index]);
        live.See({false, storage, 0, event.module});
        break;
    }
  }
  return live.PeaksWhileRunning(tree);
}

DevicePeaks ReplayTraining(const std::vector<int64_t>& held,
                           const std::vector<int64_t>& gradients,
                           const RunRecord& run, OptimizerMemory optimizer) {
  CachingAllocator device;
  AllocateAll(held, device);
  AllocateAll(run.input_bytes(), device);
  std::vector<Block> state;
  std::vector<Block> gradient_blocks(gradients.size(), 0);
  std::vector<Block> blocks(run.blocks(), 0);
  for (const bool is_first : {true, false}) {
    FreeAll(gradient_blocks, device);
    Forward(run, device, blocks);
    Backward(run, gradients, device).Run(blocks, gradient_blocks);
    if (is_first) Step(gradients, optimizer.kept, device, state);
    std::vector<Block> taken;
    Step(gradients, optimizer.taken, device, taken);
    FreeAll(taken, device);
    FreeAll(blocks, device);  // The outputs.
  }
  return PeaksOf(device);
}

}  // namespace strata::metrics
