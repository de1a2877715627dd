#include "plugins/sources/torchscript/kept_values.h"

#include <ATen/core/ivalue_inl.h>
#include <ATen/ops/empty.h>
#include <c10/core/Allocator.h>
#include <sys/mman.h>

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "plugins/sources/torchscript/meta_tensors.h"

namespace strata::torchscript {
namespace {

// What a meta tensor's memory holds in place of bytes.
struct Values {
  std::shared_ptr<const ZipArchive> archive;  // Where they are to be read, or
  int member = 0;
  at::Tensor tensor;  // the tensor itself.
  // Of the tensor, before the model ran: in-place operators count it up.
  uint32_t version = 0;
  std::shared_ptr<void> zeros;  // What is read meanwhile.
};

void Forget(void* values) { delete static_cast<Values*>(values); }

Values* KeptBy(const at::Tensor& tensor) {
  if (!tensor.defined() || !tensor.has_storage()) return nullptr;
  const at::DataPtr& memory = tensor.storage().data_ptr();
  return memory.get_deleter() == &Forget
             ? static_cast<Values*>(memory.get_context())
             : nullptr;
}

// As LibTorch reads them: the record is the storage, byte for byte.
std::optional<at::Tensor> Read(const Values& values, at::ScalarType type) {
  constexpr uint64_t kMost = uint64_t{1} << 28;  // No mask or table has more.
  const absl::StatusOr<std::string> bytes =
      values.archive->Read(values.member, kMost);
  if (!bytes.ok()) return std::nullopt;
  const auto elements =
      static_cast<int64_t>(bytes->size() / at::elementSize(type));
  at::Tensor read = at::empty({elements}, type);
  std::memcpy(read.mutable_data_ptr(), bytes->data(), read.nbytes());
  return read;
}

// The storage of a meta tensor: `values` in place of bytes.
c10::Storage StorageOf(size_t bytes, std::unique_ptr<Values> values) {
  return c10::Storage(
      c10::Storage::use_byte_size_t(), bytes,
      at::DataPtr(nullptr, values.release(), Forget, at::Device(at::kMeta)),
      c10::GetAllocator(at::kMeta), /*resizable=*/true);
}

}  // namespace

at::DataPtr NoMemory(std::shared_ptr<const ZipArchive> archive, int member,
                     std::shared_ptr<void> zeros) {
  auto values = std::make_unique<Values>();
  values->archive = std::move(archive);
  values->member = member;
  void* data = zeros.get();
  values->zeros = std::move(zeros);
  return at::DataPtr(data, values.release(), Forget, at::Device(at::kCPU));
}

std::shared_ptr<void> PagesOfZeros(size_t bytes) {
  void* pages = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, /*fd=*/-1, 0);
  if (pages == MAP_FAILED) return nullptr;
  return {pages, [bytes](void* mapped) { munmap(mapped, bytes); }};
}

void MetaTensors::GiveTo(c10::IValue& value) {
  if (value.isTensor()) {
    value = Of(value.toTensor());
    return;
  }
  std::vector<c10::IValue> containers = {value};
  while (!containers.empty()) {
    const c10::IValue container = std::move(containers.back());
    containers.pop_back();
    GiveInside(container, containers);
  }
}

at::Tensor MetaTensors::Of(const at::Tensor& loaded) {
  const Values* kept = KeptBy(loaded);
  const bool has_memory = kept == nullptr;
  if (!loaded.defined() || loaded.is_meta() || !loaded.has_storage() ||
      (has_memory && loaded.dim() == 0 && !loaded.is_quantized())) {
    return loaded;
  }
  const auto [made, is_new] = made_.try_emplace(loaded.unsafeGetTensorImpl());
  if (!is_new) return made->second.meta;
  auto values = std::make_unique<Values>();
  if (has_memory) {
    values->tensor = loaded;
  } else {
    *values = *kept;
    values->zeros.reset();
  }
  Values& noted = *values;
  // What at::empty and set_ would do, in a tenth of the time.
  at::Tensor meta = OverStorage(
      StorageOf(loaded.storage().nbytes(), std::move(values)), loaded);
  meta.set_requires_grad(loaded.requires_grad());
  noted.version = meta._version();
  made->second = {loaded, meta};
  return meta;
}

// One container; those inside of it are added to `more`.
void MetaTensors::GiveInside(const c10::IValue& container,
                             std::vector<c10::IValue>& more) {
  const auto meta = [&](const c10::IValue& value) -> c10::IValue {
    if (value.isTensor()) return Of(value.toTensor());
    if (value.isList() || value.isTuple() || value.isGenericDict()) {
      more.push_back(value);
    }
    return value;
  };
  if (container.isList()) {
    c10::List<c10::IValue> list = container.toList();
    for (size_t i = 0; i < list.size(); ++i) list.set(i, meta(list.get(i)));
  } else if (container.isTuple()) {
    const auto tuple = container.toTuple();
    std::vector<c10::IValue> elements = tuple->elements().vec();
    for (c10::IValue& element : elements) element = meta(element);
    tuple->setElements(std::move(elements));
  } else if (container.isGenericDict()) {
    for (auto& entry : container.toGenericDict()) {
      entry.setValue(meta(entry.value()));
    }
  }
}

std::optional<at::Tensor> ValuesOf(const at::Tensor& meta) {
  const Values* values = KeptBy(meta);
  if (values == nullptr || meta.is_inference() ||
      meta._version() != values->version || meta.is_quantized()) {
    return std::nullopt;
  }
  std::optional<at::Tensor> real;
  if (values->tensor.defined()) {
    real = values->tensor;
  } else {
    real = Read(*values, meta.scalar_type());
  }
  if (!real || real->scalar_type() != meta.scalar_type()) return std::nullopt;
  return real->as_strided(meta.sizes(), meta.strides(), meta.storage_offset());
}

}  // namespace strata::torchscript
