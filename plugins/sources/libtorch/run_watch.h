// Tells a visitor what runs through LibTorch on this thread.

#ifndef STRATA_PLUGINS_SOURCES_LIBTORCH_RUN_WATCH_H_
#define STRATA_PLUGINS_SOURCES_LIBTORCH_RUN_WATCH_H_

#include <ATen/core/ivalue.h>
#include <c10/util/ThreadLocalDebugInfo.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/module_tree.h"
#include "core/module_visitor.h"
#include "plugins/sources/libtorch/memory_watch.h"
#include "plugins/sources/libtorch/value_specs.h"

namespace strata::libtorch {

struct WatchOptions {
  bool operators = true;
  // On shapes, where kernels accept what the CPU's refuse: see `refused`.
  bool check_dtypes = false;
  bool memory = false;   // With operators.
  bool on_meta = false;  // All tensors are meta ones.
  Unpack unpack;         // Of packed weights; null: there are none.
  absl::Time deadline = absl::InfiniteFuture();
  const std::atomic<bool>* cancelled = nullptr;
};

// While it lives, operators that run on this thread are told to `visitor`, by
// an at::RecordFunction callback, and so are the modules whose begin and end
// its owner says. Of nested ones the innermost is told.
class RunWatch {
 public:
  // `tree` and `visitor` must outlive it.
  RunWatch(const ModuleTree& tree, ModuleVisitor& visitor,
           const WatchOptions& options);
  ~RunWatch();
  RunWatch(const RunWatch&) = delete;
  RunWatch& operator=(const RunWatch&) = delete;

  // A method of this module begins (of forward the visitor is told); the
  // innermost one ends. Enter raises an exception as CheckTime does. It may be
  // a module that is not in the tree: WhereItIs is not to be asked for then.
  void Enter(int module, bool is_forward, std::vector<TensorSpec> inputs);
  void Leave(absl::Span<const TensorSpec> outputs);

  // The innermost module; 0 before all. `is_running`: there is one.
  int Running() const { return frames_.empty() ? 0 : frames_.back().module; }
  bool is_running() const { return !frames_.empty(); }
  // What it was given; empty before all.
  absl::Span<const TensorSpec> RunningInputs() const {
    return frames_.empty() ? absl::Span<const TensorSpec>()
                           : frames_.back().inputs;
  }

  // Raises an exception when the time is up, or the user wants an end.
  void CheckTime();

  // Where the run stands: "in 'layer1.0.conv1' (Conv2d), given
  // [1x3x224x224 float32]". For errors.
  std::string WhereItIs() const;

  // Whether the run was ended because its time was up.
  bool timed_out() const { return timed_out_; }
  bool cancelled() const { return was_cancelled_; }

  // With check_dtypes: the first operator that a CPU would have refused, for
  // operands of several dtypes, and where it was; "" for none.
  const std::string& refused() const { return refused_; }

  // How many operators the model's own forward called, in no module of it.
  int root_operators() const { return root_operators_; }

  // What LibTorch's callbacks call.
  void BeginOp(c10::ArrayRef<const c10::IValue> inputs);
  void EndOp(absl::string_view name, absl::string_view overload,
             absl::Span<const TensorSpec> outputs);
  // One of the values that the innermost open operator gives back.
  void Returned(absl::string_view op, const c10::IValue& value);

 private:
  // One method that is running.
  struct Frame {
    int module;
    bool is_forward;
    std::vector<TensorSpec> inputs;
  };

  // One operator that is running.
  struct OpenOp {
    std::vector<OpArgument> arguments;
    bool calls_others = false;
  };

  void CheckDTypes(absl::string_view name, const OpenOp& op);

  const ModuleTree& tree_;
  ModuleVisitor& visitor_;
  std::vector<Frame> frames_;
  std::vector<int> calls_;  // How often each module's forward was called.
  std::vector<OpenOp> open_ops_;
  const WatchOptions options_;
  std::string refused_;
  int root_operators_ = 0;
  uint64_t callback_ = 0;  // 0: operators are not watched.
  bool timed_out_ = false;
  bool was_cancelled_ = false;
  std::shared_ptr<MemoryWatch> memory_;  // Null: memory is not watched.
  std::optional<c10::DebugInfoGuard> memory_guard_;
  std::optional<MetaMemory> meta_memory_;
};

}  // namespace strata::libtorch

#endif  // STRATA_PLUGINS_SOURCES_LIBTORCH_RUN_WATCH_H_
