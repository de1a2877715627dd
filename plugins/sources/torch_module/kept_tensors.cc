#include "plugins/sources/torch_module/kept_tensors.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/ivalue_inl.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <ATen/record_function.h>
#include <c10/core/GradMode.h>

#include <exception>
#include <memory>
#include <mutex>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "plugins/sources/torch_module/layer_classes.h"

namespace strata::torch_module {
namespace {

thread_local KeepTensors* current_keeper = nullptr;

// Operators that write say so by their names: relu_, add.out, _foreach_mul_.
std::unique_ptr<at::ObserverContext> OpStarts(const at::RecordFunction& fn) {
  if (current_keeper == nullptr) return nullptr;
  const absl::string_view overload = fn.overload_name();
  if (!WorksInPlace(fn.name()) && overload.find("out") == overload.npos) {
    return nullptr;
  }
  for (const c10::IValue& input : fn.inputs()) {
    if (input.isTensor()) current_keeper->BeforeWrite(input.toTensor());
    if (!input.isTensorList()) continue;
    for (const c10::IValue& one : input.toListRef()) {
      current_keeper->BeforeWrite(one.toTensor());
    }
  }
  return nullptr;
}

// All of a storage as bytes, whatever its tensors see in it; a version of its
// own, so that autograd does not take it for a change of these.
at::Tensor BytesOf(const c10::Storage& storage) {
  at::Tensor bytes = at::empty(
      {0}, at::TensorOptions().dtype(at::kByte).device(storage.device()));
  return bytes.set_(storage, 0, {static_cast<int64_t>(storage.nbytes())}, {1});
}

}  // namespace

KeepTensors::KeepTensors(const std::vector<at::Tensor>& tensors,
                         const std::vector<at::Tensor>& buffers,
                         Writes writes) {
  const at::DisableRecordFunctionGuard unwatched;
  const c10::NoGradGuard no_gradients;
  for (const at::Tensor& tensor : tensors) Keep(tensor);
  for (const at::Tensor& buffer : buffers) {
    Keep(buffer);
    Copy(buffer);
  }
  for (const Kept& kept : tensors_) {
    if (writes == Writes::kAll) Copy(kept.tensor);
  }
  if (writes != Writes::kWatched) return;
  current_keeper = this;
  callback_ = at::addThreadLocalCallback(
      at::RecordFunctionCallback(OpStarts).needsInputs(true).scopes(
          {at::RecordScope::FUNCTION}));
}

KeepTensors::~KeepTensors() {
  if (callback_ != 0) at::removeCallback(callback_);
  current_keeper = nullptr;
  const at::DisableRecordFunctionGuard unwatched;
  const c10::NoGradGuard no_gradients;
  try {
    Restore();
  } catch (const std::exception&) {
    // Of a device that was lost: there is nothing to put back.
  }
}

void KeepTensors::Keep(const at::Tensor& tensor) {
  if (!tensor.defined()) return;
  Kept kept{tensor, tensor.detach(), {}, tensor.requires_grad(), 0};
  if (!tensor.is_inference()) kept.version = tensor._version();
  if (tensor.is_leaf()) kept.gradient = tensor.grad();
  KeepMemory(tensor);
  if (kept.gradient.defined()) KeepMemory(kept.gradient);
  tensors_.push_back(std::move(kept));
}

void KeepTensors::KeepMemory(const at::Tensor& tensor) {
  if (!tensor.has_storage() || tensor.is_meta()) return;
  const c10::Storage& storage = tensor.storage();
  memory_.try_emplace(storage.unsafeGetStorageImpl(), KeptMemory{storage, {}});
}

void KeepTensors::BeforeWrite(const at::Tensor& tensor) {
  if (Copy(tensor)) saw_writes_ = true;
}

bool KeepTensors::Copy(const at::Tensor& tensor) {
  if (!tensor.defined() || !tensor.has_storage()) return false;
  const auto found = memory_.find(tensor.storage().unsafeGetStorageImpl());
  if (found == memory_.end() || found->second.copy.defined()) return false;
  const at::DisableRecordFunctionGuard unwatched;
  const c10::NoGradGuard no_gradients;
  found->second.copy = BytesOf(found->second.storage).clone();
  return true;
}

void KeepTensors::Restore() {
  for (auto& [id, memory] : memory_) {
    if (!memory.copy.defined()) continue;
    at::Tensor now = BytesOf(memory.storage);
    // Not for nothing: it may be mapped for reading alone.
    if (now.sizes() != memory.copy.sizes() || at::equal(now, memory.copy)) {
      continue;
    }
    now.copy_(memory.copy);
  }
  for (Kept& kept : tensors_) {
    at::Tensor& tensor = kept.tensor;
    const bool is_other =
        tensor.has_storage() &&
        (!tensor.storage().is_alias_of(kept.before.storage()) ||
         tensor.sizes() != kept.before.sizes() ||
         tensor.strides() != kept.before.strides());
    if (is_other) tensor.set_data(kept.before);
    if (!tensor.is_leaf()) continue;
    if (tensor.requires_grad() != kept.requires_grad) {
      tensor.set_requires_grad(kept.requires_grad);
    }
    if (!tensor.grad().is_same(kept.gradient)) {
      tensor.mutable_grad() = kept.gradient;
    }
    if (!tensor.is_inference() && tensor._version() != kept.version) {
      c10::VariableVersion version =
          tensor.unsafeGetTensorImpl()->version_counter();
      version.set_version(kept.version);
    }
  }
}

namespace {

// Of the process: generators are, and runs on several threads may overlap.
struct RandomNumbers {
  absl::Mutex lock;
  int users = 0;
  std::vector<std::pair<at::Generator, at::Tensor>> states;
};

RandomNumbers& Numbers() {
  static auto* const numbers = new RandomNumbers();
  return *numbers;
}

std::vector<at::Generator> GeneratorsInUse() {
  std::vector<at::Generator> generators = {
      at::detail::getDefaultCPUGenerator()};
  const at::CUDAHooksInterface& cuda = at::detail::getCUDAHooks();
  if (!cuda.hasCUDA()) return generators;
  for (int i = 0; i < cuda.deviceCount(); ++i) {
    const auto device = static_cast<c10::DeviceIndex>(i);
    if (!cuda.hasPrimaryContext(device)) continue;
    generators.push_back(cuda.getDefaultGenerator(device));
  }
  return generators;
}

}  // namespace

KeepRandomNumbers::KeepRandomNumbers() {
  RandomNumbers& numbers = Numbers();
  const absl::MutexLock lock(&numbers.lock);
  if (numbers.users++ > 0) return;
  for (at::Generator& generator : GeneratorsInUse()) {
    const std::lock_guard<std::mutex> generator_lock(generator.mutex());
    numbers.states.emplace_back(generator, generator.get_state());
  }
}

KeepRandomNumbers::~KeepRandomNumbers() {
  RandomNumbers& numbers = Numbers();
  const absl::MutexLock lock(&numbers.lock);
  if (--numbers.users > 0) return;
  for (auto& [generator, state] : numbers.states) {
    const std::lock_guard<std::mutex> generator_lock(generator.mutex());
    generator.set_state(state);
  }
  numbers.states.clear();
}

}  // namespace strata::torch_module
