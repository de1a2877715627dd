#include "plugins/sources/libtorch/shape_rules.h"

#include <ATen/EmptyTensor.h>
#include <ATen/ExpandUtils.h>
#include <ATen/TensorIterator.h>
#include <ATen/WrapDimUtilsMulti.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue_inl.h>
#include <ATen/ops/result_type.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <vector>

#include "plugins/sources/libtorch/accelerator_rules.h"
#include "plugins/sources/libtorch/fused_layers.h"

namespace strata::libtorch {
namespace {

using at::Tensor;
using Stack = std::vector<c10::IValue>;

// at::empty on meta, without the dispatcher: the operators that rules are for
// call no others, and where Python has kernels for meta this is a tenth of the
// time.
Tensor Empty(at::IntArrayRef sizes, at::ScalarType type,
             std::optional<at::MemoryFormat> format = std::nullopt) {
  return Tensor(at::detail::empty_meta(sizes, type, format));
}

// at::empty_like, on meta: it keeps the order of the dimensions in memory.
Tensor EmptyLike(const Tensor& like, at::ScalarType type) {
  if (like.is_non_overlapping_and_dense()) {
    return Tensor(
        at::detail::empty_strided_meta(like.sizes(), like.strides(), type));
  }
  return Tensor(at::detail::empty_strided_meta(
      like.sizes(), at::infer_dense_strides(like.sizes(), like.strides()),
      type));
}

Tensor EmptyLike(const Tensor& like) {
  return EmptyLike(like, like.scalar_type());
}

Tensor Convolution(const Tensor& input, const Tensor& weight,
                   const std::optional<Tensor>& /*bias*/,
                   at::IntArrayRef stride, at::IntArrayRef padding,
                   at::IntArrayRef dilation, bool transposed,
                   at::IntArrayRef output_padding, int64_t groups) {
  return Empty(ConvolutionSizes(input.sizes(), weight.sizes(), stride, padding,
                                dilation, transposed, output_padding, groups),
               input.scalar_type());
}

using ThreeTensors = std::tuple<Tensor, Tensor, Tensor>;

// Weights of single precision may go with inputs of half: the statistics then
// are of single precision, and the output is as the input
// (aten/src/ATen/native/cpu/mixed_data_type.h). What LibTorch has for tensors
// without a kernel makes such outputs single.
at::ScalarType StatisticsType(const Tensor& input,
                              const std::optional<Tensor>& weight,
                              const std::optional<Tensor>& bias) {
  for (const std::optional<Tensor>& parameter : {weight, bias}) {
    if (!parameter || !parameter->defined() ||
        parameter->scalar_type() == input.scalar_type()) {
      continue;
    }
    TORCH_CHECK(at::isReducedFloatingType(input.scalar_type()) &&
                    parameter->scalar_type() == at::kFloat,
                "mixed dtype (CPU): all the parameters should have the type "
                "of the input, or Float");
    return at::kFloat;
  }
  return input.scalar_type();
}

// The statistics that a CPU keeps: one for each channel in training, none else.
ThreeTensors Normalized(const Tensor& input, bool training) {
  const int64_t kept = training ? input.size(1) : 0;
  return {EmptyLike(input), Empty({kept}, input.scalar_type()),
          Empty({kept}, input.scalar_type())};
}

ThreeTensors BatchNorm(const Tensor& input, const std::optional<Tensor>& weight,
                       const std::optional<Tensor>& bias,
                       const std::optional<Tensor>&,
                       const std::optional<Tensor>&, bool training, double,
                       double) {
  StatisticsType(input, weight, bias);  // Refuses what does not go together.
  return Normalized(input, training);
}

// aten/src/ATen/native/layer_norm.cpp
ThreeTensors LayerNorm(const Tensor& input, at::IntArrayRef normalized,
                       const std::optional<Tensor>& weight,
                       const std::optional<Tensor>& bias, double) {
  const size_t kept = input.dim() - normalized.size();
  TORCH_CHECK(!normalized.empty() &&
                  static_cast<size_t>(input.dim()) >= normalized.size() &&
                  input.sizes().slice(kept) == normalized,
              "Given normalized_shape=", normalized, ", but got input of size",
              input.sizes());
  for (const std::optional<Tensor>& parameter : {weight, bias}) {
    TORCH_CHECK(
        !parameter || !parameter->defined() || parameter->sizes() == normalized,
        "Expected parameters to be of the shape ", normalized);
  }
  std::vector<int64_t> statistics = input.sizes().vec();
  std::fill(statistics.begin() + static_cast<std::ptrdiff_t>(kept),
            statistics.end(), 1);
  const at::ScalarType type = StatisticsType(input, weight, bias);
  return {Empty(input.sizes(), input.scalar_type()), Empty(statistics, type),
          Empty(statistics, type)};
}

// aten/src/ATen/native/group_norm.cpp
ThreeTensors GroupNorm(const Tensor& input, const std::optional<Tensor>& weight,
                       const std::optional<Tensor>& bias, int64_t batch,
                       int64_t, int64_t, int64_t groups, double) {
  const at::ScalarType type = StatisticsType(input, weight, bias);
  return {
      Empty(input.sizes(), input.scalar_type(), input.suggest_memory_format()),
      Empty({batch, groups}, type), Empty({batch, groups}, type)};
}

// All of an encoder layer in one operator, which keeps the shape
// (aten/src/ATen/native/transformers/transformer.cpp).
void EncoderLayer(const c10::OperatorHandle& op, Stack* stack) {
  const std::vector<c10::IValue> arguments = TakeArguments(op, stack);
  Tensor output;
  if (AsOnAccelerator::is_on()) output = EncoderLayerOfParts(arguments);
  stack->emplace_back(output.defined() ? output
                                       : EmptyLike(arguments[0].toTensor()));
}

// query, key, value, embed_dim, num_head, four weights, mask, need_weights,
// average_attn_weights, mask_type (native/transformers/attention.cpp).
void MultiHeadAttention(const c10::OperatorHandle& op, Stack* stack) {
  const std::vector<c10::IValue> arguments = TakeArguments(op, stack);
  const Tensor query = arguments[0].toTensor();
  const Tensor key = arguments[1].toTensor();
  Tensor output;
  if (AsOnAccelerator::is_on()) output = SelfAttentionOfParts(arguments);
  stack->emplace_back(output.defined() ? output : EmptyLike(query));
  if (!arguments[10].toBool()) {
    stack->emplace_back(Tensor());
    return;
  }
  std::vector<int64_t> sizes = {query.size(0), query.size(1), key.size(1)};
  if (!arguments[11].toBool()) {
    sizes.insert(sizes.begin() + 1, arguments[4].toInt());
  }
  stack->emplace_back(Empty(sizes, query.scalar_type()));
}

// aten/src/ATen/native/Dropout.cpp
std::tuple<Tensor, Tensor> NativeDropout(const Tensor& input, double,
                                         std::optional<bool>) {
  return {EmptyLike(input), EmptyLike(input, at::kBool)};
}

// Element by element, or a permutation of the elements.
Tensor Relu(const Tensor& self) { return EmptyLike(self); }
Tensor Hardswish(const Tensor& self) { return EmptyLike(self); }
Tensor Hardtanh(const Tensor& self, const at::Scalar& least,
                const at::Scalar&) {
  TORCH_CHECK(self.scalar_type() != at::kBool &&
                  (self.scalar_type() != at::kByte || least.toDouble() >= 0),
              "hardtanh: not of ", self.scalar_type(), " with a limit of ",
              least);
  return EmptyLike(self);
}
Tensor Flip(const Tensor& self, at::IntArrayRef dims) {
  at::dim_list_to_bitset(dims, self.dim());  // Refuses what is not there.
  return EmptyLike(self);
}
Tensor IsNan(const Tensor& self) { return EmptyLike(self, at::kBool); }

// Rolled by at::cat, which makes the memory new
// (aten/src/ATen/native/TensorTransformations.cpp).
Tensor Roll(const Tensor& self, at::IntArrayRef, at::IntArrayRef dims) {
  for (const int64_t dim : dims) {
    at::maybe_wrap_dim(dim, self.dim(), /*wrap_scalar=*/false);
  }
  return Empty(self.sizes(), self.scalar_type(), self.suggest_memory_format());
}

Tensor Where(const Tensor& condition, const Tensor& self, const Tensor& other) {
  TORCH_CHECK(condition.scalar_type() == at::kBool ||
                  condition.scalar_type() == at::kByte,
              "where expected condition to be a boolean tensor, but got a "
              "tensor with dtype ",
              condition.scalar_type());
  at::TensorIterator iterator =
      at::TensorIteratorConfig()
          .check_all_same_dtype(false)
          .declare_static_dtype(at::result_type(self, other))
          .declare_static_device(at::kMeta)
          .add_owned_output(Tensor())
          .add_const_input(condition)
          .add_const_input(self)
          .add_const_input(other)
          .build();
  return iterator.output();
}

Tensor IndexSelect(const Tensor& self, int64_t dim, const Tensor& index) {
  if (index.dim() > 1 ||
      (index.scalar_type() != at::kLong && index.scalar_type() != at::kInt)) {
    throw std::runtime_error("index_select wants one row of int32 or int64");
  }
  std::vector<int64_t> sizes = self.sizes().vec();
  if (!sizes.empty())
    sizes[at::maybe_wrap_dim(dim, self.dim())] = index.numel();
  return Empty(sizes, self.scalar_type());
}

// The last dimensions become `output`
// (aten/src/ATen/native/AdaptiveAveragePooling.cpp).
Tensor AdaptiveAveragePool(const Tensor& self, at::IntArrayRef output) {
  std::vector<int64_t> sizes = self.sizes().vec();
  for (size_t i = 0; i < output.size() && i < sizes.size(); ++i) {
    sizes[sizes.size() - output.size() + i] = output[i];
  }
  return Empty(sizes, self.scalar_type(), self.suggest_memory_format());
}

}  // namespace

std::vector<c10::IValue> TakeArguments(const c10::OperatorHandle& op,
                                       Stack* stack) {
  const auto count =
      static_cast<std::ptrdiff_t>(op.schema().arguments().size());
  std::vector<c10::IValue> arguments(stack->end() - count, stack->end());
  stack->erase(stack->end() - count, stack->end());
  return arguments;
}

// aten/src/ATen/native/ConvUtils.h has the arithmetic.
std::vector<int64_t> ConvolutionSizes(
    c10::IntArrayRef input, c10::IntArrayRef weight, c10::IntArrayRef stride,
    c10::IntArrayRef padding, c10::IntArrayRef dilation, bool transposed,
    c10::IntArrayRef output_padding, int64_t groups) {
  std::vector<int64_t> sizes = {input[0],
                                transposed ? weight[1] * groups : weight[0]};
  for (size_t i = 2; i < input.size(); ++i) {
    const int64_t kernel = dilation[i - 2] * (weight[i] - 1) + 1;
    sizes.push_back(
        transposed
            ? (input[i] - 1) * stride[i - 2] - 2 * padding[i - 2] + kernel +
                  output_padding[i - 2]
            : (input[i] + 2 * padding[i - 2] - kernel) / stride[i - 2] + 1);
  }
  return sizes;
}

void RegisterShapeRules(torch::Library& library) {
  library.impl("convolution_overrideable", Convolution);
  library.impl("native_batch_norm", BatchNorm);
  library.impl("native_layer_norm", LayerNorm);
  library.impl("native_group_norm", GroupNorm);
  library.impl("_transformer_encoder_layer_fwd",
               torch::CppFunction::makeFromBoxedFunction<&EncoderLayer>());
  library.impl(
      "_native_multi_head_attention",
      torch::CppFunction::makeFromBoxedFunction<&MultiHeadAttention>());
  library.impl("native_dropout", NativeDropout);
  library.impl("relu", Relu);
  library.impl("hardswish", Hardswish);
  library.impl("hardtanh", Hardtanh);
  library.impl("flip", Flip);
  library.impl("isnan", IsNan);
  library.impl("roll", Roll);
  library.impl("where.self", Where);
  library.impl("index_select", IndexSelect);
  library.impl("_adaptive_avg_pool2d", AdaptiveAveragePool);
  library.impl("_adaptive_avg_pool3d", AdaptiveAveragePool);
}

}  // namespace strata::libtorch
