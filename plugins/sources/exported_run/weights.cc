#include "plugins/sources/exported_run/weights.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include <cstdint>
#include <cstring>
#include <exception>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "core/error.h"
#include "plugins/sources/libtorch/run_errors.h"
#include "plugins/sources/libtorch/value_specs.h"

namespace strata::exported_run {
namespace {

using exported_program::Program;
using exported_program::StoredTensor;
using exported_program::WeightLayout;
using exported_program::WeightRecord;

// How LibTorch aligns what it allocates, and some kernels are faster for it.
constexpr uintptr_t kAlignment = 64;

// The memory of a record, on the device.
c10::Storage StorageOf(RecordBytes bytes, c10::Device device) {
  const auto size = static_cast<int64_t>(bytes.size);
  const bool is_aligned =
      reinterpret_cast<uintptr_t>(bytes.data) % kAlignment == 0;
  at::Tensor memory;
  if (is_aligned) {
    memory = at::from_blob(
        bytes.data, {size}, [owner = bytes.owner](void*) {}, at::kByte);
  } else {
    memory = at::empty({size}, at::kByte);
    std::memcpy(memory.data_ptr(), bytes.data, bytes.size);
  }
  return memory.to(device).storage();
}

// Whether all elements lie in `bytes` bytes.
bool IsInside(const WeightLayout& layout, int64_t offset, int64_t bytes,
              int64_t element_bytes) {
  __int128 last = offset;
  for (size_t i = 0; i < layout.sizes.size(); ++i) {
    if (layout.sizes[i] == 0) return true;
    last += static_cast<__int128>(layout.sizes[i] - 1) * layout.strides[i];
  }
  return offset >= 0 && (last + 1) * element_bytes <= bytes;
}

class Loader {
 public:
  Loader(const Program& program, const ReadRecord& read, c10::Device device)
      : program_(program), read_(read), device_(device) {
    for (size_t i = 0; i < program.weights.size(); ++i) {
      by_name_.try_emplace(program.weights[i].name, i);
    }
  }

  absl::StatusOr<at::Tensor> Load(const StoredTensor& stored) {
    const auto found = by_name_.find(stored.name);
    if (found == by_name_.end()) {
      return absl::DataLossError("the file says nowhere where it is");
    }
    const WeightRecord& weight = program_.weights[found->second];
    const WeightLayout& layout = program_.layouts[found->second];
    if (layout.is_pickled) {
      return absl::UnimplementedError("its values are pickled");
    }
    const std::optional<at::ScalarType> dtype =
        libtorch::ScalarTypeOf(layout.dtype);
    if (!dtype) {
      return absl::UnimplementedError("its dtype is none that Strata knows");
    }
    if (layout.sizes.size() != layout.strides.size()) {
      return absl::DataLossError("its sizes and strides differ in number");
    }
    absl::StatusOr<c10::Storage> storage = Record(found->second);
    if (!storage.ok()) return storage.status();
    const auto bytes = static_cast<int64_t>(storage->nbytes());
    if (!IsInside(layout, weight.offset, bytes, c10::elementSize(*dtype))) {
      if (bytes == 0) {
        return WithHint(
            absl::FailedPreconditionError("the file holds no weights: its "
                                          "record is empty"),
            "it was exported on the meta device, or of fake tensors; its "
            "shapes can be summarised: leave --device out");
      }
      return absl::DataLossError(absl::StrCat(
          "its record has ", bytes, " bytes, and it would end behind them"));
    }
    at::Tensor tensor = at::empty({0}, at::device(device_).dtype(*dtype));
    tensor.set_(*storage, weight.offset, layout.sizes, layout.strides);
    if (layout.requires_grad && stored.kind == StoredTensor::Kind::kParameter) {
      tensor.set_requires_grad(true);
    }
    return tensor;
  }

 private:
  absl::StatusOr<c10::Storage> Record(size_t weight) {
    const auto known = storages_.find(program_.weights[weight].record);
    if (known != storages_.end()) return known->second;
    absl::StatusOr<RecordBytes> bytes = read_(weight);
    if (!bytes.ok()) return bytes.status();
    c10::Storage storage = StorageOf(*std::move(bytes), device_);
    storages_.emplace(program_.weights[weight].record, storage);
    return storage;
  }

  const Program& program_;
  const ReadRecord& read_;
  const c10::Device device_;
  absl::flat_hash_map<absl::string_view, size_t> by_name_;
  absl::flat_hash_map<exported_program::Id, c10::Storage> storages_;
};

}  // namespace

absl::StatusOr<std::vector<at::Tensor>> LoadWeights(const Program& program,
                                                    const ReadRecord& read,
                                                    c10::Device device) {
  Loader loader(program, read, device);
  std::vector<at::Tensor> tensors;
  for (const StoredTensor& stored : program.stored) {
    absl::StatusOr<at::Tensor> tensor = absl::InternalError("");
    try {
      tensor = loader.Load(stored);
    } catch (const std::exception& e) {
      tensor = libtorch::RaisedError(e, absl::StrCat("for '", stored.name, "'"),
                                     device);
    }
    if (!tensor.ok()) {
      return WithHint(absl::Status(tensor.status().code(),
                                   absl::StrCat("tensor '", stored.name, "': ",
                                                tensor.status().message())),
                      ErrorHint(tensor.status()));
    }
    tensors.push_back(*std::move(tensor));
  }
  return tensors;
}

}  // namespace strata::exported_run
