// The memory of a device, predicted from a run that had none.

#ifndef STRATA_PLUGINS_METRICS_MEMORY_DEVICE_REPLAY_H_
#define STRATA_PLUGINS_METRICS_MEMORY_DEVICE_REPLAY_H_

#include <cstdint>
#include <vector>

#include "core/count.h"
#include "core/module_tree.h"
#include "plugins/metrics/memory/run_record.h"

namespace strata::metrics {

// Peaks, as torch.cuda.max_memory_allocated and max_memory_reserved say.
struct DevicePeaks {
  Count allocated = Count::Unknown();
  Count reserved = Count::Unknown();
};

// A model, its inputs and one forward pass, on a device where nothing was
// before: `held` (parameters and buffers, in the order in which a model is
// moved), then the inputs, then what the run did. Outputs are kept.
DevicePeaks ReplayInference(const std::vector<int64_t>& held,
                            const RunRecord& run);

// The most that was allocated while each module ran, all that is on the device.
std::vector<Count> ReplayByModule(const std::vector<int64_t>& held,
                                  const RunRecord& run, const ModuleTree& tree);

// What an optimizer of torch.optim keeps and takes, for each byte of a
// gradient.
struct OptimizerMemory {
  int kept = 0;   // Tensors as large, from the first step on.
  int taken = 0;  // Tensors as large, during each step.
};
inline constexpr OptimizerMemory kSgdMemory = {0, 0};
// One buffer (torch/optim/sgd.py).
inline constexpr OptimizerMemory kMomentumMemory = {1, 0};
// exp_avg and exp_avg_sq, and the roots of the latter for all parameters at
// once (torch/optim/adam.py, _multi_tensor_adam: the default on a device; its
// counters of steps lie on the CPU).
inline constexpr OptimizerMemory kAdamMemory = {2, 1};

// Two steps of training: zero_grad, forward, a loss, backward, the optimizer's
// step. `gradients`: the bytes of each trainable parameter, by the indices in
// `run`, which was recorded with operators, in train mode with gradients.
DevicePeaks ReplayTraining(const std::vector<int64_t>& held,
                           const std::vector<int64_t>& gradients,
                           const RunRecord& run, OptimizerMemory optimizer);

}  // namespace strata::metrics

#endif  // STRATA_PLUGINS_METRICS_MEMORY_DEVICE_REPLAY_H_
