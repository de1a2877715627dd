// Runs the CPU's kernels for meta tensors, with tensors that stand in.

#ifndef STRATA_PLUGINS_SOURCES_TORCHSCRIPT_STAND_INS_H_
#define STRATA_PLUGINS_SOURCES_TORCHSCRIPT_STAND_INS_H_

#include <ATen/core/dispatch/Dispatcher.h>

#include <vector>

namespace strata::torchscript {

// What stands in place of meta tensors while the CPU's kernel runs.
enum class StandIn {
  kZeros,   // Where only shapes matter.
  kValues,  // As they are in the file; raises where they cannot be had.
};

// Replaces the operator's arguments on the stack by its results, which are meta
// tensors. `key`: whose kernel is run, CPU or QuantizedCPU; without one, what
// LibTorch does with tensors of that kind.
void RunOnCpu(const c10::OperatorHandle& op, std::vector<c10::IValue>* stack,
              StandIn kind, c10::DispatchKey key);

// For an operator that takes packed weights, which computes nothing itself: its
// kernel is given meta tensors as they are. Raises where the weights are not
// shapes alone.
void RunOnPacked(const c10::OperatorHandle& op, std::vector<c10::IValue>* stack,
                 c10::DispatchKey key);
bool TakesPacked(const c10::FunctionSchema& schema);

}  // namespace strata::torchscript

#endif  // STRATA_PLUGINS_SOURCES_TORCHSCRIPT_STAND_INS_H_
