#include "plugins/sources/torchscript/packed_shapes.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue_inl.h>
#include <torch/custom_class.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "plugins/sources/libtorch/shape_rules.h"
#include "plugins/sources/torchscript/meta_tensors.h"

// Shapes, types and checks are those of FBGEMM and oneDNN, which LibTorch takes
// on x86: aten/src/ATen/native/quantized/cpu/{qlinear,qlinear_dynamic,qconv,
// qembeddingbag}.cpp.

namespace strata::torchscript {
namespace {

using at::Tensor;
using Bias = std::optional<Tensor>;
using Sizes = std::vector<int64_t>;

thread_local std::string damage;

template <typename... Parts>
void Check(bool is_good, const Parts&... why) {
  if (!is_good) RaisePackedDamage(absl::StrCat(why...));
}

// ---- Linear layers ---------------------------------------------------------

class LinearShapes : public LinearPackedParamsBase {
 public:
  LinearShapes(Tensor weight, Bias bias)
      : weight_(std::move(weight)), bias_(std::move(bias)) {
    Check(weight_.dim() == 2, "the weight of a linear layer has ",
          weight_.dim(), " dimensions, and not 2");
  }

  Tensor apply(Tensor input, double scale, int64_t zero_point) override {
    TORCH_CHECK(input.scalar_type() == at::kQUInt8,
                "expected input to have the type quint8");
    return EmptyQuantizedMeta(OutputSizes(input), at::kQUInt8, scale,
                              zero_point, at::MemoryFormat::Contiguous);
  }
  Tensor apply_relu(Tensor input, double scale, int64_t zero_point) override {
    return apply(std::move(input), scale, zero_point);
  }
  Tensor apply_dynamic(Tensor input, bool /*reduce_range*/) override {
    return EmptyMeta(OutputSizes(input), at::kFloat);
  }
  Tensor apply_dynamic_relu(Tensor input, bool reduce_range) override {
    return apply_dynamic(std::move(input), reduce_range);
  }
  Tensor apply_with_input_q_dq_qweight_dq_output_fp32(
      Tensor input, double /*scale*/, int64_t /*zero_point*/) override {
    return EmptyMeta(OutputSizes(input), at::kFloat);
  }
  Tensor apply_with_input_q_dq_qweight_dq_relu_output_fp32(
      Tensor input, double /*scale*/, int64_t /*zero_point*/) override {
    return EmptyMeta(OutputSizes(input), at::kFloat);
  }
  std::tuple<Tensor, Bias> unpack() override { return {weight_, bias_}; }
  Bias bias() override { return bias_; }
  void set_bias(Bias bias) override { bias_ = std::move(bias); }

 private:
  Sizes OutputSizes(const Tensor& input) const {
    TORCH_CHECK(input.dim() > 0 && input.size(-1) == weight_.size(1),
                "The number of rows in the packB should be equal to K: ",
                weight_.size(1));
    Sizes sizes = input.sizes().vec();
    sizes.back() = weight_.size(0);
    return sizes;
  }

  const Tensor weight_;
  Bias bias_;
};

// libtorch::PackedParameters knows it by this name.
class Fp16LinearShapes : public LinearShapes {
 public:
  using LinearShapes::LinearShapes;
  Tensor apply(Tensor /*input*/, double, int64_t) override {
    TORCH_CHECK(false, "weights of half precision take no quantized input");
  }
};

// ---- Convolutions ----------------------------------------------------------

template <int kDims>
class ConvShapes : public ConvPackedParamsBase<kDims> {
 public:
  ConvShapes(Tensor weight, Bias bias, ConvConfig config)
      : weight_(std::move(weight)),
        bias_(std::move(bias)),
        config_(std::move(config)) {
    Check(weight_.dim() == kDims + 2, "the weight of a convolution has ",
          weight_.dim(), " dimensions, and not ", kDims + 2);
    for (const Sizes* sizes : {&config_.stride, &config_.padding,
                               &config_.dilation, &config_.output_padding}) {
      Check(sizes->size() == kDims, "a convolution in ", kDims,
            " dimensions has ", sizes->size(), " values for one setting");
    }
    for (int i = 0; i < kDims; ++i) {
      Check(config_.stride[i] > 0, "the stride of a convolution is ",
            config_.stride[i]);
      Check(config_.dilation[i] > 0, "the dilation of a convolution is ",
            config_.dilation[i]);
      Check(config_.padding[i] >= 0 && config_.output_padding[i] >= 0,
            "the padding of a convolution is less than 0");
    }
    const int64_t shared = weight_.size(0);
    Check(config_.groups > 0 && shared % config_.groups == 0,
          "a convolution of ", shared, " channels has ", config_.groups,
          " groups");
  }

  Tensor apply(const Tensor& input, double scale, int64_t zero_point) override {
    TORCH_CHECK(input.scalar_type() == at::kQUInt8,
                "expected activation data type QUInt8");
    return EmptyQuantizedMeta(OutputSizes(input), at::kQUInt8, scale,
                              zero_point, kFormat);
  }
  Tensor apply_relu(const Tensor& input, double scale,
                    int64_t zero_point) override {
    return apply(input, scale, zero_point);
  }
  Tensor apply_dynamic(const Tensor& input, bool /*reduce_range*/) override {
    Tensor output = EmptyMeta(OutputSizes(input), at::kFloat);
    output.unsafeGetTensorImpl()->empty_tensor_restride(kFormat);
    return output;
  }
  std::tuple<Tensor, Bias> unpack() override { return {weight_, bias_}; }

  torch::List<int64_t> stride() const override {
    return torch::List<int64_t>(at::IntArrayRef(config_.stride));
  }
  torch::List<int64_t> padding() const override {
    return torch::List<int64_t>(at::IntArrayRef(config_.padding));
  }
  torch::List<int64_t> output_padding() const override {
    return torch::List<int64_t>(at::IntArrayRef(config_.output_padding));
  }
  torch::List<int64_t> dilation() const override {
    return torch::List<int64_t>(at::IntArrayRef(config_.dilation));
  }
  int64_t groups() const override { return config_.groups; }
  bool transpose() const override { return config_.transposed; }

 private:
  static constexpr c10::MemoryFormat kFormat =
      kDims == 2 ? c10::MemoryFormat::ChannelsLast
                 : c10::MemoryFormat::ChannelsLast3d;

  Sizes OutputSizes(const Tensor& input) const {
    TORCH_CHECK(input.dim() == kDims + 2, "Activations should have ", kDims + 2,
                " dimensions");
    const int64_t channels =
        config_.transposed ? weight_.size(0) : weight_.size(1) * config_.groups;
    TORCH_CHECK(input.size(1) == channels, "expected input to have ", channels,
                " channels, but got ", input.size(1), " channels instead");
    Sizes sizes = libtorch::ConvolutionSizes(
        input.sizes(), weight_.sizes(), config_.stride, config_.padding,
        config_.dilation, config_.transposed, config_.output_padding,
        config_.groups);
    TORCH_CHECK(std::all_of(sizes.begin() + 1, sizes.end(),
                            [](int64_t size) { return size > 0; }),
                "each dimension of output tensor should be greater than 0");
    return sizes;
  }

  const Tensor weight_;
  const Bias bias_;
  const ConvConfig config_;
};

// ---- Embeddings ------------------------------------------------------------

class EmbeddingShapes : public EmbeddingPackedParamsBase {
 public:
  explicit EmbeddingShapes(Tensor weight) : weight_(std::move(weight)) {
    Check(weight_.dim() == 2, "the weight of an embedding has ", weight_.dim(),
          " dimensions, and not 2");
    Check(weight_.scalar_type() == at::kQUInt8 ||
              weight_.scalar_type() == at::kQUInt4x2,
          "the weight of an embedding is neither quint8 nor quint4x2");
  }

  Tensor embeddingbag_byte(const Tensor& indices, const Bias& offsets,
                           bool /*pruned_weights*/, const Bias&, const Bias&,
                           bool include_last_offset,
                           bool is_embedding_op) override {
    const int64_t width = weight_.size(1);
    TORCH_CHECK(indices.dim() == 1 || indices.dim() == 2,
                "expected indices to have 1 or 2 dimensions");
    if (indices.dim() == 2) {
      if (is_embedding_op) {
        return EmptyMeta({indices.size(0), indices.size(1), width}, at::kFloat);
      }
      TORCH_CHECK(!offsets.has_value(), "indices of 2 dimensions and offsets");
      return EmptyMeta({indices.size(0), width}, at::kFloat);
    }
    TORCH_CHECK(offsets.has_value() && offsets->dim() == 1,
                "expected offsets of 1 dimension");
    const int64_t bags = offsets->size(0) - (include_last_offset ? 1 : 0);
    TORCH_CHECK(bags >= 0, "there are no offsets");
    return EmptyMeta({bags, width}, at::kFloat);
  }
  Tensor embeddingbag_4bit(const Tensor& indices, const Bias& offsets,
                           bool pruned_weights, const Bias& per_sample_weights,
                           const Bias& mapping, bool include_last_offset,
                           bool is_embedding_op) override {
    return embeddingbag_byte(indices, offsets, pruned_weights,
                             per_sample_weights, mapping, include_last_offset,
                             is_embedding_op);
  }
  Tensor unpack() override { return weight_; }
  int64_t bit_rate() const override {
    return weight_.scalar_type() == at::kQUInt8 ? 8 : 4;
  }
  int64_t version() const override { return 1; }

 private:
  const Tensor weight_;
};

template <typename Shapes, typename Base>
bool Is(const c10::IValue& object) {
  return *object.type() ==
             *c10::getCustomClassType<c10::intrusive_ptr<Base>>() &&
         dynamic_cast<Shapes*>(object.toCustomClass<Base>().get()) != nullptr;
}

}  // namespace

void RaisePackedDamage(const std::string& why) {
  damage = why;
  throw std::runtime_error(why);
}

std::string TakePackedDamage() { return std::exchange(damage, ""); }

c10::intrusive_ptr<LinearPackedParamsBase> PackLinear(Tensor weight,
                                                      Bias bias) {
  return c10::make_intrusive<LinearShapes>(std::move(weight), std::move(bias));
}

c10::intrusive_ptr<LinearPackedParamsBase> PackHalfLinear(Tensor weight,
                                                          Bias bias) {
  return c10::make_intrusive<Fp16LinearShapes>(std::move(weight),
                                               std::move(bias));
}

template <int kDims>
c10::intrusive_ptr<ConvPackedParamsBase<kDims>> PackConv(Tensor weight,
                                                         Bias bias,
                                                         ConvConfig config) {
  return c10::make_intrusive<ConvShapes<kDims>>(
      std::move(weight), std::move(bias), std::move(config));
}

template c10::intrusive_ptr<ConvPackedParamsBase<2>> PackConv(Tensor, Bias,
                                                              ConvConfig);
template c10::intrusive_ptr<ConvPackedParamsBase<3>> PackConv(Tensor, Bias,
                                                              ConvConfig);

c10::intrusive_ptr<EmbeddingPackedParamsBase> PackEmbedding(Tensor weight) {
  return c10::make_intrusive<EmbeddingShapes>(std::move(weight));
}

bool HoldsShapes(const c10::IValue& object) {
  return Is<LinearShapes, LinearPackedParamsBase>(object) ||
         Is<ConvShapes<2>, ConvPackedParamsBase<2>>(object) ||
         Is<ConvShapes<3>, ConvPackedParamsBase<3>>(object) ||
         Is<EmbeddingShapes, EmbeddingPackedParamsBase>(object);
}

}  // namespace strata::torchscript
