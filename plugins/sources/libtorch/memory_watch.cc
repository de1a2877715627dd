#include "plugins/sources/libtorch/memory_watch.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue_inl.h>

#include "absl/strings/match.h"

namespace strata::libtorch {
namespace {

// A kernel gets its workspace and its outputs by these; the outputs are told
// when the kernel itself returns them.
bool OnlyAllocates(absl::string_view op) {
  for (const char* prefix :
       {"aten::empty", "aten::new_empty", "aten::_empty", "aten::resize_",
        "aten::zero_", "aten::fill_", "aten::zeros", "aten::new_zeros"}) {
    if (absl::StartsWith(op, prefix)) return true;
  }
  return false;
}

}  // namespace

void MemoryWatch::Returned(absl::string_view op, int nesting,
                           const c10::IValue& value) {
  if (nesting > 0 && OnlyAllocates(op)) return;
  // Operators return tensors and lists of them, and nothing deeper.
  if (value.isTensor()) {
    ReturnedTensor(value.toTensor());
  } else if (value.isTensorList()) {
    for (const at::Tensor& tensor : value.toTensorVector()) {
      ReturnedTensor(tensor);
    }
  }
}

void MemoryWatch::Hold(c10::ArrayRef<const c10::IValue> inputs) {
  const auto hold = [&](const at::Tensor& tensor) {
    if (tensor.defined() && tensor.has_storage()) {
      held_.push_back(tensor.storage());
    }
  };
  for (const c10::IValue& input : inputs) {
    if (input.isTensor()) {
      hold(input.toTensor());
    } else if (input.isTensorList()) {
      for (const at::Tensor& tensor : input.toTensorVector()) hold(tensor);
    }
  }
}

void MemoryWatch::ReturnedTensor(const at::Tensor& tensor) {
  if (!tensor.defined() || !tensor.has_storage()) return;
  if (tensor.is_meta()) {
    const void* address = MetaMemory::AddressOf(tensor.storage());
    if (address == nullptr || told_.contains(address)) return;
    TellOf(tensor, address, static_cast<int64_t>(tensor.storage().nbytes()));
    return;
  }
  const void* address = tensor.storage().data();
  const auto found = untold_.find(address);
  if (found == untold_.end()) return;
  const int64_t bytes = found->second;
  untold_.erase(found);
  TellOf(tensor, address, bytes);
}

void MemoryWatch::TellOf(const at::Tensor& tensor, const void* address,
                         int64_t bytes) {
  const auto storage =
      reinterpret_cast<uint64_t>(tensor.storage().unsafeGetStorageImpl());
  told_[address] = {storage, bytes};
  tell_(true, storage, bytes);
}

void MemoryWatch::reportMemoryUsage(void* ptr, int64_t alloc_size,
                                    size_t /*total_allocated*/,
                                    size_t /*total_reserved*/,
                                    c10::Device /*device*/) {
  // Kernels have threads of their own, and workspaces for each.
  if (std::this_thread::get_id() != thread_) return;
  if (alloc_size > 0) {
    untold_[ptr] = alloc_size;
    return;
  }
  untold_.erase(ptr);
  Freed(ptr);
}

void MemoryWatch::Freed(const void* address) {
  const auto found = told_.find(address);
  if (found == told_.end()) return;
  const Told told = found->second;
  told_.erase(found);
  tell_(false, told.storage, told.bytes);
}

}  // namespace strata::libtorch
