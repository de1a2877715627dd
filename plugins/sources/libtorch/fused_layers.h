// Layers that LibTorch runs as one operator, of their parts, on shapes.

#ifndef STRATA_PLUGINS_SOURCES_LIBTORCH_FUSED_LAYERS_H_
#define STRATA_PLUGINS_SOURCES_LIBTORCH_FUSED_LAYERS_H_

#include <ATen/core/ivalue.h>

#include <vector>

namespace strata::libtorch {

// The parts that their code on CUDA has (transformers/cuda/attention.cu and
// transformers/transformer.cpp in aten/src/ATen/native), so that they hold the
// memory that they hold there; masks are passed over.
// aten::_native_multi_head_attention and aten::_transformer_encoder_layer_fwd,
// of their parts; `arguments` as their schemas have them. Undefined where they
// are not those of a model that attends to itself: nothing was done.
at::Tensor SelfAttentionOfParts(const std::vector<c10::IValue>& arguments);
at::Tensor EncoderLayerOfParts(const std::vector<c10::IValue>& arguments);

}  // namespace strata::libtorch

#endif  // STRATA_PLUGINS_SOURCES_LIBTORCH_FUSED_LAYERS_H_
