#include "plugins/sources/libtorch/meta_memory.h"

#include <c10/core/Allocator.h>

#include <memory>
#include <utility>
#include <vector>

namespace strata::libtorch {
namespace {

thread_local MetaMemory::Listener* listening = nullptr;
// Those that are to listen again, the next last.
thread_local std::vector<MetaMemory::Listener*> waiting;

// Stands for memory. Lives as long as the storage.
struct Place {
  MetaMemory::Listener* made_for;
};

void GiveBack(void* context) {
  const std::unique_ptr<Place> place(static_cast<Place*>(context));
  if (listening != nullptr && listening == place->made_for) {
    listening->MetaFreed(place.get());
  }
}

// In place of LibTorch's for meta, which gives nothing at all.
class MetaAllocator : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t /*bytes*/) override {
    const c10::Device device(c10::kMeta);
    if (listening == nullptr) return c10::DataPtr(nullptr, device);
    auto place = std::make_unique<Place>(Place{listening});
    return c10::DataPtr(nullptr, place.release(), &GiveBack, device);
  }
  c10::DeleterFnPtr raw_deleter() const override { return nullptr; }
  void copy_data(void*, const void*, size_t) const override {}
};

void RegisterAllocator() {
  static auto* const allocator = [] {
    auto* made = new MetaAllocator();
    c10::SetAllocator(c10::kMeta, made, /*priority=*/1);
    return made;
  }();
  (void)allocator;
}

}  // namespace

MetaMemory::MetaMemory(Listener* listener) {
  RegisterAllocator();
  waiting.push_back(std::exchange(listening, listener));
}

MetaMemory::~MetaMemory() {
  listening = waiting.back();
  waiting.pop_back();
}

const void* MetaMemory::AddressOf(const c10::Storage& storage) {
  const c10::DataPtr& data = storage.data_ptr();
  return data.get_deleter() == &GiveBack ? data.get_context() : nullptr;
}

}  // namespace strata::libtorch
