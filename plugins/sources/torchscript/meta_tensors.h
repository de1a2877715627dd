// Tensors made by hand: over a given storage, with no operator called.

#ifndef STRATA_PLUGINS_SOURCES_TORCHSCRIPT_META_TENSORS_H_
#define STRATA_PLUGINS_SOURCES_TORCHSCRIPT_META_TENSORS_H_

#include <ATen/core/Tensor.h>
#include <c10/core/MemoryFormat.h>

#include <vector>

namespace strata::torchscript {

// A tensor on the device of `storage`, the CPU or meta, with the type, sizes,
// strides and offset of `like`; where that is quantized, with its quantizer,
// too. The storage is to be large enough.
at::Tensor OverStorage(c10::Storage storage, const at::Tensor& like);

// The bytes that a storage of `tensor` must have at least.
size_t StorageBytes(const at::Tensor& tensor);

// Of a quantized tensor, a scale that came out of values nobody has: code may
// go on with it, and may not ask for it.
bool IsScaleUnknown(const at::Tensor& tensor);
void SetScaleUnknown(const at::Tensor& tensor);

// A meta tensor with nothing shared. OnMeta: like `tensor` in all.
at::Tensor OnMeta(const at::Tensor& tensor);
at::Tensor EmptyMeta(const std::vector<int64_t>& sizes, at::ScalarType type);
at::Tensor EmptyQuantizedMeta(const std::vector<int64_t>& sizes,
                              at::ScalarType type, double scale,
                              int64_t zero_point, c10::MemoryFormat format);

}  // namespace strata::torchscript

#endif  // STRATA_PLUGINS_SOURCES_TORCHSCRIPT_META_TENSORS_H_
