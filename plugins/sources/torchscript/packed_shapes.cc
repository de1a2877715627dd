#include "plugins/sources/torchscript/packed_shapes.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue_inl.h>
#include <ATen/native/quantized/PackedParams.h>
#include <ATen/native/quantized/cpu/EmbeddingPackedParams.h>
#include <torch/custom_class.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "plugins/sources/torchscript/kept_values.h"
#include "plugins/sources/torchscript/meta_tensors.h"
#include "plugins/sources/torchscript/shape_kernels.h"
#include "plugins/sources/torchscript/shape_rules.h"

// Shapes, types and checks are those of FBGEMM and oneDNN, which LibTorch takes
// on x86: aten/src/ATen/native/quantized/cpu/{qlinear,qlinear_dynamic,qconv,
// qembeddingbag}.cpp, and *_prepack.cpp and fbgemm_utils.cpp for the states.

namespace strata::torchscript {
namespace {

using at::Tensor;
using Bias = std::optional<Tensor>;
using Sizes = std::vector<int64_t>;

constexpr absl::string_view kClasses = "__torch__.torch.classes.";

thread_local std::string damage;

template <typename... Parts>
void Check(bool is_good, const Parts&... why) {
  if (is_good) return;
  damage = absl::StrCat(why...);
  throw std::runtime_error(damage);
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

// PackedParameters knows it by this name.
class Fp16LinearShapes : public LinearShapes {
 public:
  using LinearShapes::LinearShapes;
  Tensor apply(Tensor /*input*/, double, int64_t) override {
    TORCH_CHECK(false, "weights of half precision take no quantized input");
  }
};

c10::intrusive_ptr<LinearPackedParamsBase> LinearPrepack(Tensor weight,
                                                         Bias bias) {
  return c10::make_intrusive<LinearShapes>(std::move(weight), std::move(bias));
}

c10::intrusive_ptr<LinearPackedParamsBase> Fp16LinearPrepack(Tensor weight,
                                                             Bias bias) {
  return c10::make_intrusive<Fp16LinearShapes>(std::move(weight),
                                               std::move(bias));
}

// ---- Convolutions ----------------------------------------------------------

struct ConvConfig {
  Sizes stride;
  Sizes padding;
  Sizes dilation;
  Sizes output_padding;
  int64_t groups = 1;
  bool transposed = false;
};

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
    Sizes sizes =
        ConvolutionSizes(input.sizes(), weight_.sizes(), config_.stride,
                         config_.padding, config_.dilation, config_.transposed,
                         config_.output_padding, config_.groups);
    TORCH_CHECK(std::all_of(sizes.begin() + 1, sizes.end(),
                            [](int64_t size) { return size > 0; }),
                "each dimension of output tensor should be greater than 0");
    return sizes;
  }

  const Tensor weight_;
  const Bias bias_;
  const ConvConfig config_;
};

// Of a convolution in one dimension LibTorch makes one in two.
template <int kDims, bool kIs1d>
c10::IValue PackConv(const Tensor& weight, Bias bias, ConvConfig config) {
  if (kIs1d) {
    config.stride.insert(config.stride.begin(), 1);
    config.padding.insert(config.padding.begin(), 0);
    config.dilation.insert(config.dilation.begin(), 1);
    config.output_padding.insert(config.output_padding.begin(), 0);
  }
  return c10::intrusive_ptr<ConvPackedParamsBase<kDims>>(
      c10::make_intrusive<ConvShapes<kDims>>(
          kIs1d ? weight.unsqueeze(2) : weight, std::move(bias),
          std::move(config)));
}

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

c10::intrusive_ptr<EmbeddingPackedParamsBase> EmbeddingPrepack(Tensor weight) {
  return c10::make_intrusive<EmbeddingShapes>(std::move(weight));
}

// ---- From a file -----------------------------------------------------------

// The parts of a state; anybody may have written the file.
const std::vector<c10::IValue> PartsOf(const c10::IValue& state,
                                       size_t at_least) {
  std::vector<c10::IValue> parts;
  if (state.isTuple()) {
    parts = state.toTupleRef().elements().vec();
  } else if (state.isList()) {
    parts = state.toListRef().vec();
  }
  Check(parts.size() >= at_least, "the state of a packed object has ",
        parts.size(), " parts, and not ", at_least);
  return parts;
}

Tensor TensorIn(const c10::IValue& value) {
  Check(value.isTensor() && value.toTensor().defined(),
        "the state of a packed object has no tensor where one should be");
  return value.toTensor();
}

Tensor QuantizedIn(const c10::IValue& value) {
  Tensor tensor = TensorIn(value);
  Check(tensor.is_quantized(), "a packed weight is not quantized");
  return tensor;
}

Bias BiasIn(const c10::IValue& value) {
  if (value.isNone()) return std::nullopt;
  return TensorIn(value);
}

c10::IValue LinearFrom(const c10::IValue& state) {
  const std::vector<c10::IValue> parts = PartsOf(state, 2);
  const Tensor weight = TensorIn(parts[0]);
  const Bias bias = BiasIn(parts[1]);
  // Half-precision weights are written as single-precision ones.
  return c10::IValue::make_capsule(
      weight.scalar_type() == at::kFloat
          ? Fp16LinearPrepack(weight, bias)
          : LinearPrepack(QuantizedIn(parts[0]), bias));
}

// Version 2 is what LibTorch writes: ("2", [settings, weight], [bias]).
template <int kDims>
c10::IValue ConvFrom(const c10::IValue& state) {
  const std::vector<c10::IValue> parts = PartsOf(state, 3);
  if (!parts[0].isString() || parts[0].toStringRef() != "2") {
    RaiseNeedsValues("an older form of packed convolutions");
  }
  const std::vector<c10::IValue> tensors = PartsOf(parts[1], 2);
  const std::vector<c10::IValue> optional = PartsOf(parts[2], 1);
  const std::optional<Tensor> kept = ValuesOf(TensorIn(tensors[0]));
  if (!kept) RaiseNeedsValues("a packed convolution");
  Check(kept->scalar_type() == at::kShort && kept->dim() == 1 &&
            kept->numel() == 1 + 4 * kDims + 2,
        "the settings of a packed convolution are not ", 1 + 4 * kDims + 2,
        " small integers");
  const Tensor settings = kept->contiguous();
  const int16_t* next = settings.const_data_ptr<int16_t>() + 1;
  ConvConfig config;
  for (Sizes* sizes : {&config.stride, &config.padding, &config.dilation,
                       &config.output_padding}) {
    sizes->assign(next, next + kDims);
    next += kDims;
  }
  config.groups = *next++;
  config.transposed = *next != 0;
  return c10::IValue::make_capsule(c10::make_intrusive<ConvShapes<kDims>>(
      QuantizedIn(tensors[1]), BiasIn(optional[0]), std::move(config)));
}

// (version, [weight], doubles, [bits])
c10::IValue EmbeddingFrom(const c10::IValue& state) {
  const std::vector<c10::IValue> parts = PartsOf(state, 4);
  return c10::IValue::make_capsule(
      EmbeddingPrepack(QuantizedIn(PartsOf(parts[1], 1)[0])));
}

// A class that only its C++ file knows. It holds linear layers, which are ours
// by now, but for one old kind, which packs.
c10::IValue CellFrom(const c10::IValue& state) {
  const std::vector<c10::IValue> parts = PartsOf(state, 5);
  Check(parts[0].isString(), "a recurrent cell does not tell its kind");
  const std::string& kind = parts[0].toStringRef();
  if (kind != "quantized_dynamic" && kind != "quantized_fp16") {
    RaiseNeedsValues(absl::StrCat("a recurrent cell of the kind ", kind));
  }
  return c10::IValue();
}

// ---- By the operators `*_prepack` ------------------------------------------

using Arguments = std::vector<c10::IValue>;

Bias OptionalIn(const c10::IValue& value) { return value.toOptional<Tensor>(); }

c10::IValue Linear(const Arguments& arguments) {
  return LinearPrepack(arguments[0].toTensor(), OptionalIn(arguments[1]));
}

c10::IValue HalfLinear(const Arguments& arguments) {
  return Fp16LinearPrepack(arguments[0].toTensor(), OptionalIn(arguments[1]));
}

// weight, bias, stride, padding, dilation, groups
template <int kDims, bool kIs1d = false>
c10::IValue Conv(const Arguments& arguments) {
  return PackConv<kDims, kIs1d>(
      arguments[0].toTensor(), OptionalIn(arguments[1]),
      {arguments[2].toIntVector(), arguments[3].toIntVector(),
       arguments[4].toIntVector(), Sizes(kIs1d ? 1 : kDims, 0),
       arguments[5].toInt(), /*transposed=*/false});
}

// weight, bias, stride, padding, output_padding, dilation, groups
template <int kDims, bool kIs1d = false>
c10::IValue ConvTranspose(const Arguments& arguments) {
  return PackConv<kDims, kIs1d>(
      arguments[0].toTensor(), OptionalIn(arguments[1]),
      {arguments[2].toIntVector(), arguments[3].toIntVector(),
       arguments[5].toIntVector(), arguments[4].toIntVector(),
       arguments[6].toInt(), /*transposed=*/true});
}

c10::IValue Embedding(const Arguments& arguments) {
  return EmbeddingPrepack(arguments[0].toTensor());
}

// Boxed, because LibTorch's own kernels differ in how they take a tensor, by
// value or by reference, and others are to be of the same C++ type.
template <c10::IValue (*kPack)(const Arguments&)>
void Pack(const c10::OperatorHandle& op, Arguments* stack) {
  stack->emplace_back(kPack(TakeArguments(op, stack)));
}

template <c10::IValue (*kPack)(const Arguments&)>
torch::CppFunction Boxed() {
  return torch::CppFunction::makeFromBoxedFunction<&Pack<kPack>>();
}

enum class Kind { kOther, kLinear, kConv2d, kConv3d, kEmbedding, kCell };

Kind KindOf(absl::string_view class_name) {
  constexpr std::pair<absl::string_view, Kind> kKinds[] = {
      {"quantized.LinearPackedParamsBase", Kind::kLinear},
      {"quantized.Conv2dPackedParamsBase", Kind::kConv2d},
      {"quantized.Conv3dPackedParamsBase", Kind::kConv3d},
      {"quantized.EmbeddingPackedParamsBase", Kind::kEmbedding},
      {"rnn.CellParamsBase", Kind::kCell},
  };
  if (absl::ConsumePrefix(&class_name, kClasses)) {
    for (const auto& [name, kind] : kKinds) {
      if (class_name == name) return kind;
    }
  }
  return Kind::kOther;
}

template <typename Shapes, typename Base>
bool Is(const c10::IValue& object) {
  return dynamic_cast<Shapes*>(object.toCustomClass<Base>().get()) != nullptr;
}

}  // namespace

bool IsOfLibTorch(const std::string& class_name) {
  return absl::StartsWith(class_name, kClasses);
}

std::string TakePackedDamage() { return std::exchange(damage, ""); }

bool HoldsShapes(const c10::IValue& object) {
  const auto type = object.type()->cast<c10::ClassType>();
  if (!type || !type->name()) return false;
  switch (KindOf(type->name()->qualifiedName())) {
    case Kind::kLinear:
      return Is<LinearShapes, LinearPackedParamsBase>(object);
    case Kind::kConv2d:
      return Is<ConvShapes<2>, ConvPackedParamsBase<2>>(object);
    case Kind::kConv3d:
      return Is<ConvShapes<3>, ConvPackedParamsBase<3>>(object);
    case Kind::kEmbedding:
      return Is<EmbeddingShapes, EmbeddingPackedParamsBase>(object);
    case Kind::kCell:
      return true;
    case Kind::kOther:
      break;
  }
  return false;
}

c10::IValue PackedFromState(const std::string& class_name,
                            const c10::IValue& state) {
  switch (KindOf(class_name)) {
    case Kind::kLinear:
      return LinearFrom(state);
    case Kind::kConv2d:
      return ConvFrom<2>(state);
    case Kind::kConv3d:
      return ConvFrom<3>(state);
    case Kind::kEmbedding:
      return EmbeddingFrom(state);
    case Kind::kCell:
      return CellFrom(state);
    case Kind::kOther:
      break;
  }
  RaiseNeedsValues(absl::StrCat("an object of ", class_name));
}

void RegisterPrepack(torch::Library& library, bool has_all) {
  library.impl("linear_prepack", Boxed<Linear>());
  library.impl("conv2d_prepack", Boxed<Conv<2>>());
  library.impl("conv3d_prepack", Boxed<Conv<3>>());
  library.impl("conv_transpose1d_prepack", Boxed<ConvTranspose<2, true>>());
  library.impl("conv_transpose2d_prepack", Boxed<ConvTranspose<2>>());
  library.impl("conv_transpose3d_prepack", Boxed<ConvTranspose<3>>());
  if (!has_all) return;
  library.impl("conv1d_prepack", Boxed<Conv<2, true>>());
  library.impl("conv_prepack", Boxed<Conv<2>>());  // Its former name.
  library.impl("embedding_bag_prepack", Boxed<Embedding>());
}

void RegisterHalfPrepack(torch::Library& library) {
  library.impl("linear_prepack_fp16", Boxed<HalfLinear>());
}

}  // namespace strata::torchscript
