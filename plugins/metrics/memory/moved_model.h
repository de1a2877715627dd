// What comes to a device with a model, and what training adds to it.

#ifndef STRATA_PLUGINS_METRICS_MEMORY_MOVED_MODEL_H_
#define STRATA_PLUGINS_METRICS_MEMORY_MOVED_MODEL_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "core/module_tree.h"
#include "plugins/metrics/memory/run_record.h"

namespace strata::metrics {

// The bytes of parameters and buffers in the order in which Module.to moves
// them: children first, then a module's parameters, then its buffers
// (torch/nn/modules/module.py, _apply). Nothing where some are not known.
std::optional<std::vector<int64_t>> MovedToDevice(const ModuleTree& tree);

// The parameters that get gradients, each once.
struct TrainableParameters {
  std::vector<int64_t> bytes;
  RunRecord::Trainable places;  // Indices in `bytes`.
};
TrainableParameters FindTrainable(const ModuleTree& tree);

}  // namespace strata::metrics

#endif  // STRATA_PLUGINS_METRICS_MEMORY_MOVED_MODEL_H_
