#include "plugins/sources/libtorch/run_watch.h"

#include <ATen/record_function.h>

#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "plugins/sources/libtorch/place_text.h"
#include "plugins/sources/libtorch/value_specs.h"

namespace strata::libtorch {
namespace {

// Those that live on this thread, the innermost last: a module's forward in
// Python may have a model summarized. What runs is told to the innermost.
thread_local std::vector<RunWatch*> watches;
// Of this thread: one for all of them.
thread_local bool has_callback = false;

c10::ArrayRef<const c10::IValue> LastOf(c10::ArrayRef<const c10::IValue> values,
                                        size_t count) {
  return values.size() <= count ? values : values.slice(values.size() - count);
}

// What the start of an operator hands to its end: nothing, the watch keeps it.
std::unique_ptr<at::ObserverContext> OpStarts(const at::RecordFunction& fn) {
  if (watches.empty()) return nullptr;
  // A boxed call shows the interpreter's whole stack: the last are its own.
  watches.back()->BeginOp(LastOf(fn.inputs(), fn.num_inputs()));
  return nullptr;
}

void OpEnds(const at::RecordFunction& fn, at::ObserverContext*) {
  if (watches.empty()) return;
  std::vector<TensorSpec> outputs;
  const std::vector<c10::IValue>& values = fn.outputs();
  for (const c10::IValue& output :
       LastOf(c10::ArrayRef<const c10::IValue>(values.data(), values.size()),
              fn.num_outputs())) {
    AppendTensors(output, outputs);
    watches.back()->Returned(fn.name(), output);
  }
  watches.back()->EndOp(fn.name(), fn.overload_name(), outputs);
}

}  // namespace

RunWatch::RunWatch(const ModuleTree& tree, ModuleVisitor& visitor,
                   const WatchOptions& options)
    : tree_(tree),
      visitor_(visitor),
      calls_(tree.size(), 0),
      options_(options) {
  if (options.memory) {
    memory_ = std::make_shared<MemoryWatch>(
        [this](bool allocated, uint64_t storage, int64_t bytes) {
          visitor_.VisitMemory({allocated, storage, bytes, Running()});
        });
    if (options.on_meta) {
      meta_memory_.emplace(memory_.get());
    } else {
      memory_guard_.emplace(c10::DebugInfoKind::PROFILER_STATE, memory_);
    }
  }
  if ((options.operators || options.check_dtypes) && !has_callback) {
    has_callback = true;
    // Of this thread alone: others may run models of their own.
    callback_ =
        at::addThreadLocalCallback(at::RecordFunctionCallback(OpStarts, OpEnds)
                                       .needsInputs(true)
                                       .needsOutputs(true)
                                       .scopes({at::RecordScope::FUNCTION}));
  }
  watches.push_back(this);
}

RunWatch::~RunWatch() {
  if (callback_ != 0) {
    at::removeCallback(callback_);
    has_callback = false;
  }
  watches.pop_back();
}

void RunWatch::Enter(int module, bool is_forward,
                     std::vector<TensorSpec> inputs) {
  CheckTime();
  frames_.push_back({module, is_forward, std::move(inputs)});
  if (!is_forward) return;
  if (static_cast<size_t>(module) >= calls_.size()) calls_.resize(module + 1);
  visitor_.EnterModule({module, calls_[module]++, frames_.back().inputs, {}});
}

void RunWatch::Leave(absl::Span<const TensorSpec> outputs) {
  if (frames_.empty()) return;
  const Frame frame = std::move(frames_.back());
  frames_.pop_back();
  if (!frame.is_forward) return;
  visitor_.LeaveModule(
      {frame.module, calls_[frame.module] - 1, frame.inputs, outputs});
}

void RunWatch::BeginOp(c10::ArrayRef<const c10::IValue> inputs) {
  std::vector<OpArgument> arguments;
  arguments.reserve(inputs.size());
  for (const c10::IValue& input : inputs) {
    arguments.push_back(ArgumentOf(input, options_.unpack));
  }
  if (!open_ops_.empty()) {
    open_ops_.back().calls_others = true;
  } else if (memory_ != nullptr) {
    memory_->Hold(inputs);
  }
  open_ops_.push_back({std::move(arguments)});
}

void RunWatch::EndOp(absl::string_view name, absl::string_view overload,
                     absl::Span<const TensorSpec> outputs) {
  if (open_ops_.empty()) return;
  const OpenOp op = std::move(open_ops_.back());
  open_ops_.pop_back();
  if (options_.check_dtypes) CheckDTypes(name, op);
  if (!options_.operators) return;
  const int nesting = static_cast<int>(open_ops_.size());
  const int module = Running();
  if (nesting == 0 && module == 0) ++root_operators_;
  visitor_.VisitOp({name, overload, nesting, module, op.arguments, outputs});
  if (nesting == 0 && memory_ != nullptr) memory_->Release();
}

// Kernels for meta tensors do not look at dtypes. Only those that do the work:
// what calls others may have given them others (autocast). Of normalizations
// the rules for shapes know which dtypes go together.
void RunWatch::CheckDTypes(absl::string_view name, const OpenOp& op) {
  static const auto* const strict = new absl::flat_hash_set<absl::string_view>(
      {"aten::addbmm", "aten::addmm", "aten::addmv", "aten::addr",
       "aten::baddbmm", "aten::bmm", "aten::dot", "aten::ger", "aten::mm",
       "aten::mv", "aten::vdot"});
  if (op.calls_others || !refused_.empty() || !strict->contains(name)) return;
  DType first = DType::kUnknown;
  for (const OpArgument& argument : op.arguments) {
    const auto* tensor = std::get_if<TensorSpec>(&argument);
    if (tensor == nullptr) continue;
    if (first == DType::kUnknown) first = tensor->dtype;
    if (tensor->dtype == first) continue;
    refused_ =
        absl::StrCat("operator ", name, " ", WhereItIs(), ", was given ",
                     DTypeName(first), " and ", DTypeName(tensor->dtype));
    return;
  }
}

void RunWatch::Returned(absl::string_view op, const c10::IValue& value) {
  if (memory_ == nullptr || open_ops_.empty()) return;
  memory_->Returned(op, static_cast<int>(open_ops_.size()) - 1, value);
}

void RunWatch::CheckTime() {
  if (options_.cancelled != nullptr &&
      options_.cancelled->load(std::memory_order_relaxed)) {
    was_cancelled_ = true;
    throw std::runtime_error("it was to end");
  }
  if (options_.deadline == absl::InfiniteFuture() ||
      absl::Now() < options_.deadline) {
    return;
  }
  timed_out_ = true;
  throw std::runtime_error("the time is up");
}

std::string RunWatch::WhereItIs() const {
  if (frames_.empty()) return "before forward began";
  // What forward was given tells more than what a helper method was.
  const Frame* frame = &frames_.back();
  for (const Frame& outer : frames_) {
    if (outer.is_forward && outer.module == frame->module) frame = &outer;
  }
  return PlaceText(tree_.modules[frame->module], frame->inputs);
}

}  // namespace strata::libtorch
