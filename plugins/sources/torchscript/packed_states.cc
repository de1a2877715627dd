#include "plugins/sources/torchscript/packed_states.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue_inl.h>
#include <torch/custom_class.h>

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "plugins/sources/libtorch/shape_rules.h"
#include "plugins/sources/torchscript/kept_values.h"
#include "plugins/sources/torchscript/packed_shapes.h"
#include "plugins/sources/torchscript/shape_kernels.h"

// aten/src/ATen/native/quantized/cpu/fbgemm_utils.cpp and conv_serialization.h
// have the states, *_prepack.cpp the operators.

namespace strata::torchscript {
namespace {

using at::Tensor;
using Bias = std::optional<Tensor>;
using Sizes = std::vector<int64_t>;

constexpr absl::string_view kClasses = "__torch__.torch.classes.";

template <typename... Parts>
void Check(bool is_good, const Parts&... why) {
  if (!is_good) RaisePackedDamage(absl::StrCat(why...));
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
          ? PackHalfLinear(weight, bias)
          : PackLinear(QuantizedIn(parts[0]), bias));
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
  return c10::IValue::make_capsule(PackConv<kDims>(
      QuantizedIn(tensors[1]), BiasIn(optional[0]), std::move(config)));
}

// (version, [weight], doubles, [bits])
c10::IValue EmbeddingFrom(const c10::IValue& state) {
  const std::vector<c10::IValue> parts = PartsOf(state, 4);
  return c10::IValue::make_capsule(
      PackEmbedding(QuantizedIn(PartsOf(parts[1], 1)[0])));
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
  return PackLinear(arguments[0].toTensor(), OptionalIn(arguments[1]));
}

c10::IValue HalfLinear(const Arguments& arguments) {
  return PackHalfLinear(arguments[0].toTensor(), OptionalIn(arguments[1]));
}

// Of a convolution in one dimension LibTorch makes one in two.
template <int kDims, bool kIs1d>
c10::IValue ConvOf(const Arguments& arguments, ConvConfig config) {
  Tensor weight = arguments[0].toTensor();
  if (kIs1d) {
    weight = weight.unsqueeze(2);
    config.stride.insert(config.stride.begin(), 1);
    config.padding.insert(config.padding.begin(), 0);
    config.dilation.insert(config.dilation.begin(), 1);
    config.output_padding.insert(config.output_padding.begin(), 0);
  }
  return PackConv<kDims>(std::move(weight), OptionalIn(arguments[1]),
                         std::move(config));
}

// weight, bias, stride, padding, dilation, groups
template <int kDims, bool kIs1d = false>
c10::IValue Conv(const Arguments& arguments) {
  return ConvOf<kDims, kIs1d>(
      arguments, {arguments[2].toIntVector(), arguments[3].toIntVector(),
                  arguments[4].toIntVector(), Sizes(kIs1d ? 1 : kDims, 0),
                  arguments[5].toInt(), /*transposed=*/false});
}

// weight, bias, stride, padding, output_padding, dilation, groups
template <int kDims, bool kIs1d = false>
c10::IValue ConvTranspose(const Arguments& arguments) {
  return ConvOf<kDims, kIs1d>(
      arguments, {arguments[2].toIntVector(), arguments[3].toIntVector(),
                  arguments[5].toIntVector(), arguments[4].toIntVector(),
                  arguments[6].toInt(), /*transposed=*/true});
}

c10::IValue Embedding(const Arguments& arguments) {
  return PackEmbedding(arguments[0].toTensor());
}

// Boxed, because LibTorch's own kernels differ in how they take a tensor, by
// value or by reference, and others are to be of the same C++ type.
template <c10::IValue (*kPack)(const Arguments&)>
void Pack(const c10::OperatorHandle& op, Arguments* stack) {
  stack->emplace_back(kPack(libtorch::TakeArguments(op, stack)));
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

}  // namespace

bool IsOfLibTorch(const std::string& class_name) {
  return absl::StartsWith(class_name, kClasses);
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
