// Tells a visitor of an attributed run, as if its modules had told of it.

#ifndef STRATA_PLUGINS_SOURCES_TORCH_MODULE_REPLAY_H_
#define STRATA_PLUGINS_SOURCES_TORCH_MODULE_REPLAY_H_

#include <string>
#include <vector>

#include "core/module_visitor.h"
#include "plugins/sources/torch_module/attribution.h"
#include "plugins/sources/torch_module/recording.h"
#include "plugins/sources/torch_module/values.h"

namespace strata::torch_module {

// What went into a call and came out of it.
struct CallTensors {
  std::vector<TensorSpec> inputs;
  std::vector<TensorSpec> outputs;
};

// What each call used that was made outside of it, in the order of first use;
// what it made that was used outside of it, and what its last operator gave.
// Linear in what it finds. Calls that are open give nothing yet.
std::vector<CallTensors> TensorsOfCalls(const Recording& recording,
                                        const Attribution& attribution,
                                        const Values& values);

// EnterModule, VisitMemory and LeaveModule of all that there is, and VisitOp
// where the operators are wanted.
void Replay(const Recording& recording, const Attribution& attribution,
            const std::vector<CallTensors>& tensors, bool operators,
            ModuleVisitor& visitor);

// Of a run that failed: "in 'layer1.0.conv1' (Conv2d), given
// [1x3x224x224 float32]". For errors.
std::string WhereItStood(const ModuleTree& tree, const Attribution& attribution,
                         const std::vector<CallTensors>& tensors);

}  // namespace strata::torch_module

#endif  // STRATA_PLUGINS_SOURCES_TORCH_MODULE_REPLAY_H_
