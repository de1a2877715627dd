#include "plugins/sources/torchscript/meta_tensors.h"

#include <ATen/EmptyTensor.h>
#include <ATen/quantized/QTensorImpl.h>
#include <ATen/quantized/Quantizer.h>
#include <c10/core/Allocator.h>

#include <utility>

namespace strata::torchscript {
namespace {

c10::Storage MetaStorage(size_t bytes) {
  return c10::Storage(c10::Storage::use_byte_size_t(), bytes,
                      c10::GetAllocator(at::kMeta), /*resizable=*/true);
}

struct UnknownScale : public at::PerTensorAffineQuantizer {
  using PerTensorAffineQuantizer::PerTensorAffineQuantizer;
};

}  // namespace

bool IsScaleUnknown(const at::Tensor& tensor) {
  return tensor.is_quantized() &&
         dynamic_cast<UnknownScale*>(
             at::get_qtensorimpl(tensor)->quantizer().get()) != nullptr;
}

void SetScaleUnknown(const at::Tensor& tensor) {
  if (!tensor.is_quantized()) return;
  const auto* known = dynamic_cast<at::PerTensorAffineQuantizer*>(
      at::get_qtensorimpl(tensor)->quantizer().get());
  if (known == nullptr) return;  // By channel: tensors, not numbers.
  at::get_qtensorimpl(tensor)->set_quantizer_(c10::make_intrusive<UnknownScale>(
      tensor.scalar_type(), known->scale(), known->zero_point()));
}

// LibTorch has the key QuantizedMeta, and no kernels for it: such a tensor says
// that it is quantized, as code of LibTorch asks, and has no bytes.
at::Tensor OverStorage(c10::Storage storage, const at::Tensor& like) {
  const bool is_meta = storage.device().is_meta();
  at::Tensor tensor;
  if (like.is_quantized()) {
    tensor = at::detail::make_tensor<at::QTensorImpl>(
        std::move(storage),
        c10::DispatchKeySet(is_meta ? c10::DispatchKey::QuantizedMeta
                                    : c10::DispatchKey::QuantizedCPU),
        like.dtype(), at::get_qtensorimpl(like)->quantizer());
  } else {
    tensor = at::detail::make_tensor<c10::TensorImpl>(
        std::move(storage),
        c10::DispatchKeySet(is_meta ? c10::DispatchKey::Meta
                                    : c10::DispatchKey::CPU),
        like.dtype());
  }
  tensor.unsafeGetTensorImpl()->set_sizes_and_strides(
      like.sizes(), like.strides(), like.storage_offset());
  return tensor;
}

size_t StorageBytes(const at::Tensor& tensor) {
  return at::detail::computeStorageNbytes(tensor.sizes(), tensor.strides(),
                                          tensor.itemsize(),
                                          tensor.storage_offset());
}

at::Tensor OnMeta(const at::Tensor& tensor) {
  at::Tensor meta = OverStorage(MetaStorage(0), tensor);
  meta.unsafeGetTensorImpl()->set_storage_offset(0);
  meta.storage().set_nbytes(StorageBytes(meta));
  return meta;
}

at::Tensor EmptyMeta(const std::vector<int64_t>& sizes, at::ScalarType type) {
  at::Tensor meta = at::detail::make_tensor<c10::TensorImpl>(
      MetaStorage(0), c10::DispatchKeySet(c10::DispatchKey::Meta),
      c10::scalarTypeToTypeMeta(type));
  meta.unsafeGetTensorImpl()->set_sizes_contiguous(sizes);
  meta.storage().set_nbytes(StorageBytes(meta));
  return meta;
}

at::Tensor EmptyQuantizedMeta(const std::vector<int64_t>& sizes,
                              at::ScalarType type, double scale,
                              int64_t zero_point, c10::MemoryFormat format) {
  at::Tensor meta = at::detail::make_tensor<at::QTensorImpl>(
      MetaStorage(0), c10::DispatchKeySet(c10::DispatchKey::QuantizedMeta),
      c10::scalarTypeToTypeMeta(type),
      at::make_per_tensor_affine_quantizer(scale, zero_point, type));
  meta.unsafeGetTensorImpl()->set_sizes_contiguous(sizes);
  meta.unsafeGetTensorImpl()->empty_tensor_restride(format);
  meta.storage().set_nbytes(StorageBytes(meta));
  return meta;
}

}  // namespace strata::torchscript
