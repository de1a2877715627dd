// The objects that quantized layers keep their weights in, with shapes alone.

#ifndef STRATA_PLUGINS_SOURCES_TORCHSCRIPT_PACKED_SHAPES_H_
#define STRATA_PLUGINS_SOURCES_TORCHSCRIPT_PACKED_SHAPES_H_

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <ATen/native/quantized/PackedParams.h>
#include <ATen/native/quantized/cpu/EmbeddingPackedParams.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace strata::torchscript {

struct ConvConfig {
  std::vector<int64_t> stride;
  std::vector<int64_t> padding;
  std::vector<int64_t> dilation;
  std::vector<int64_t> output_padding;
  int64_t groups = 1;
  bool transposed = false;
};

// Of meta tensors. They raise damage where no layer can have such weights.
c10::intrusive_ptr<LinearPackedParamsBase> PackLinear(
    at::Tensor weight, std::optional<at::Tensor> bias);
c10::intrusive_ptr<LinearPackedParamsBase> PackHalfLinear(
    at::Tensor weight, std::optional<at::Tensor> bias);
template <int kDims>  // 2 or 3.
c10::intrusive_ptr<ConvPackedParamsBase<kDims>> PackConv(
    at::Tensor weight, std::optional<at::Tensor> bias, ConvConfig config);
c10::intrusive_ptr<EmbeddingPackedParamsBase> PackEmbedding(at::Tensor weight);

// Whether one of these made it.
bool HoldsShapes(const c10::IValue& object);

// Raises an exception, and keeps why.
[[noreturn]] void RaisePackedDamage(const std::string& why);

// What is wrong with the packed weights that this thread last refused to make,
// or ""; forgets it. LibTorch takes some of them, and the process ends then.
std::string TakePackedDamage();

}  // namespace strata::torchscript

#endif  // STRATA_PLUGINS_SOURCES_TORCHSCRIPT_PACKED_SHAPES_H_
