// What happens when a model runs, told to whoever watches.

#ifndef STRATA_CORE_MODULE_VISITOR_H_
#define STRATA_CORE_MODULE_VISITOR_H_

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/device.h"
#include "core/module_tree.h"
#include "core/tensor_spec.h"

namespace strata {

// A nested tensor: one value, of tensors that may differ in their sizes.
struct NestedTensor {
  std::vector<TensorSpec> tensors;
};

// One argument of an operator, in the order of its schema. An object that packs
// weights is the list of the tensors in it. std::monostate stands for None and
// for what Strata does not look at (devices, generators).
using OpArgument =
    std::variant<std::monostate, TensorSpec, std::vector<TensorSpec>, int64_t,
                 double, bool, std::string, std::vector<int64_t>, NestedTensor>;

// One call of a module's forward. The spans live until the visit returns.
struct ModuleCall {
  int module = 0;  // Index in ModuleTree::modules.
  int number = 0;  // 0 for the module's first call in this run.

  // The tensors among the arguments, with those inside lists, tuples, dicts,
  // named tuples and nested tensors, in order. `outputs` is empty in
  // EnterModule.
  absl::Span<const TensorSpec> inputs;
  absl::Span<const TensorSpec> outputs;

  // In a timed run: when it was, in microseconds since the run began, by
  // RunInfo::clock. There are no `inputs` and no `outputs` in such a run.
  double time_us = 0;
};

// One operator that ran. Lives until the visit returns.
struct OpCall {
  absl::string_view name;      // "aten::conv2d", without the overload.
  absl::string_view overload;  // "padding", often empty.

  // 0: called by the module's own code. n: called inside an operator of nesting
  // n-1, as aten::convolution is by aten::conv2d. Operators are visited when
  // they have ended, so the inner ones come first.
  int nesting = 0;

  int module = 0;  // The innermost module that was running.
  absl::Span<const OpArgument> arguments;
  absl::Span<const TensorSpec> outputs;
};

// Memory that a tensor of the run came to live in, or that was given back. The
// run's inputs, parameters and buffers are not told of; neither is what an
// operator allocates for itself and hands to no other (a kernel's workspace).
struct MemoryEvent {
  bool allocated = false;  // False: given back.
  uint64_t storage = 0;    // As TensorSpec::storage, while it lives.
  int64_t bytes = 0;
  int module = 0;  // The innermost module that was running.
};

// The conditions of a run. What is not known is empty, or 0.
struct RunInfo {
  std::string device;  // "cpu", "shape", "cuda:0"; "": nothing will run.
  bool training = false;
  bool gradients = false;       // What the backward pass needs is kept.
  bool watches_memory = false;  // VisitMemory is called.

  // Of devices that compute:
  std::string device_name{};  // "NVIDIA H100 80GB HBM3", a CPU's model.
  int threads = 0;            // That the CPU's kernels may use.
  // What did it: {"libtorch", "2.13.0"}, {"cuda", "12.8"}.
  std::vector<std::pair<std::string, std::string>> versions{};
  RunDevice* access = nullptr;  // Lives until EndRun; null on "shape".

  // One of many runs for the clock. Visits of modules come after the run, all
  // at once, with the times that were noted while it ran.
  bool timed = false;
  bool warm_up = false;  // It does not count.
  // False: nothing was watched, and only the root's call is told: what a run
  // takes by itself.
  bool watches_modules = true;
  std::string clock{};  // What `time_us` is by and what it includes.

  // The first dimension that the inputs were given; 0: as the user asked.
  int64_t batch = 0;
  int64_t memory_limit_bytes = 0;  // That the user states; 0: none.
};

// Watches one run. All calls come from the thread that runs the model, nested
// as the model nests them: every EnterModule has its LeaveModule, unless the
// run fails. A visitor changes nothing and keeps no reference to what it is
// shown; `tree` in BeginRun lives until EndRun has returned.
class ModuleVisitor {
 public:
  virtual ~ModuleVisitor() = default;

  // Once, before anything ran.
  virtual void BeginRun(const ModuleTree& /*tree*/, const RunInfo& /*run*/) {}

  // Before and after each call of a module's forward. (In a timed run: see
  // RunInfo::timed.)
  virtual void EnterModule(const ModuleCall& /*call*/) {}
  virtual void LeaveModule(const ModuleCall& /*call*/) {}

  // After each operator. Only where RunOptions::watch_operators asks for it.
  virtual void VisitOp(const OpCall& /*op*/) {}

  // At each allocation, when the operator that made it has ended, and whenever
  // memory is given back. Only where RunOptions::watch_memory asks for it and
  // the model can tell (RunInfo::watches_memory). What is still alive before
  // EndRun, in a run with gradients, is what the backward pass needs: the
  // model's outputs have been given up by then.
  virtual void VisitMemory(const MemoryEvent& /*event*/) {}

  // Once, after the last call. Not when the run failed.
  virtual void EndRun() {}
};

}  // namespace strata

#endif  // STRATA_CORE_MODULE_VISITOR_H_
