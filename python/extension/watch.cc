#include "python/extension/watch.h"

#include <utility>

#include "plugins/sources/libtorch/place_text.h"
#include "python/extension/values.h"

namespace strata::python {
namespace {

namespace py = pybind11;

libtorch::WatchOptions OptionsOf(bool operators, bool memory, bool on_meta) {
  libtorch::WatchOptions options;
  options.operators = operators;
  options.memory = memory;
  options.on_meta = on_meta;
  return options;
}

}  // namespace

Watch::Watch(bool operators, bool memory, bool on_meta)
    : options_(OptionsOf(operators, memory, on_meta)),
      packed_(std::make_shared<libtorch::PackedParameters>()) {
  options_.unpack = [packed = packed_](const c10::IValue& value) {
    std::vector<TensorSpec> tensors;
    for (const ParameterInfo& parameter : packed->Keep(value)) {
      tensors.push_back(parameter.tensor);
    }
    return tensors;
  };
}

void Watch::Begin() {
  if (options_.memory && options_.on_meta) as_on_accelerator_.emplace();
  run_.emplace(no_tree_, *recording_, options_);
}

void Watch::End() {
  run_.reset();
  as_on_accelerator_.reset();
}

void Watch::Enter(int module, absl::Span<PyObject* const> arguments) {
  if (!run_) return;  // It is over: a finalizer or a signal's handler calls.
  std::vector<TensorSpec> inputs;
  AppendTensors(arguments, inputs);
  open_.Push(module);
  run_->Enter(module, /*is_forward=*/true, std::move(inputs));
}

void Watch::Leave(py::handle output) {
  if (!run_) return;
  std::vector<TensorSpec> outputs;
  PyObject* const value = output.ptr();
  AppendTensors({&value, 1}, outputs);
  run_->Leave(outputs);
  open_.Pop();
  raised_in_ = -1;  // What was raised was caught.
}

void Watch::LeaveRaised() {
  if (!run_ || open_.running() < 0) return;
  if (raised_in_ < 0) {
    raised_in_ = open_.running();
    raised_given_ = libtorch::GivenText(run_->RunningInputs());
  }
  open_.Pop();
  run_->Leave({});
}

Clock::Clock(const std::string& device) : clock_(c10::Device(device)) {}

void Clock::Begin() {
  open_.Clear();
  clock_.Begin(absl::InfiniteFuture(), nullptr);
}

void Clock::End() { clock_.End(); }

void Clock::Enter(int module, absl::Span<PyObject* const> /*arguments*/) {
  open_.Push(module);
  clock_.Enter(static_cast<libtorch::RunningId>(module), /*is_forward=*/true);
}

void Clock::Leave(py::handle /*output*/) { LeaveRaised(); }

void Clock::LeaveRaised() {
  clock_.Leave();
  open_.Pop();
}

}  // namespace strata::python
