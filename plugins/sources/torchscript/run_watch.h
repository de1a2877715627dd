// Tells a visitor what a running TorchScript model does.

#ifndef STRATA_PLUGINS_SOURCES_TORCHSCRIPT_RUN_WATCH_H_
#define STRATA_PLUGINS_SOURCES_TORCHSCRIPT_RUN_WATCH_H_

#include <c10/util/ThreadLocalDebugInfo.h>
#include <torch/csrc/jit/api/module.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "core/module_visitor.h"
#include "plugins/sources/torchscript/memory_watch.h"
#include "plugins/sources/torchscript/module_reader.h"

namespace strata::torchscript {

struct WatchOptions {
  bool operators = true;
  // On shapes, where kernels accept what the CPU's refuse: see `refused`.
  bool check_dtypes = false;
  bool memory = false;   // With operators.
  bool on_meta = false;  // All tensors are meta ones.
  absl::Time deadline = absl::InfiniteFuture();
  const std::atomic<bool>* cancelled = nullptr;
};

// While it lives, what runs on this thread is told to `visitor`. Not nested.
class RunWatch {
 public:
  // `modules` and `visitor` must outlive it.
  RunWatch(const ReadModules& modules, ModuleVisitor& visitor,
           const WatchOptions& options);
  ~RunWatch();
  RunWatch(const RunWatch&) = delete;
  RunWatch& operator=(const RunWatch&) = delete;

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

  // What our operators and LibTorch's callbacks call.
  void Enter(c10::ArrayRef<c10::IValue> self_and_inputs, bool is_forward);
  void Leave(c10::ArrayRef<c10::IValue> self_and_outputs);
  void BeginOp(c10::ArrayRef<const c10::IValue> inputs);
  void EndOp(absl::string_view name, absl::string_view overload,
             absl::Span<const TensorSpec> outputs);
  // One of the values that the innermost open operator gives back.
  void Returned(absl::string_view op, const c10::IValue& value);
  // Raises an exception when the time is up, or the user wants an end.
  void CheckTime();

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
  int Running() const { return frames_.empty() ? 0 : frames_.back().module; }

  const ReadModules& modules_;
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

}  // namespace strata::torchscript

#endif  // STRATA_PLUGINS_SOURCES_TORCHSCRIPT_RUN_WATCH_H_
