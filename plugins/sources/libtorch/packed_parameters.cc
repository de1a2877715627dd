#include "plugins/sources/libtorch/packed_parameters.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue_inl.h>
#include <ATen/native/quantized/PackedParams.h>
#include <ATen/native/quantized/cpu/EmbeddingPackedParams.h>
#include <ATen/record_function.h>
#include <torch/custom_class.h>

#include <exception>
#include <string>
#include <typeinfo>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "plugins/sources/libtorch/value_specs.h"

namespace strata::libtorch {
namespace {

using Parameters = std::vector<ParameterInfo>;

// The weight or the bias that `object` holds. The unpacked copy is gone soon:
// what stays is the object, and each of its tensors is a storage of its own.
ParameterInfo PartOf(const void* object, int part, std::string name,
                     const at::Tensor& tensor) {
  ParameterInfo info{std::move(name), SpecOf(tensor),
                     /*trainable=*/false};
  info.tensor.storage = reinterpret_cast<uint64_t>(object) + part;
  info.tensor.storage_offset = 0;
  info.tensor.storage_bytes = info.tensor.NumBytes().value_or(0);
  return info;
}

// What the object is known by: LibTorch keeps the real one in a slot.
const void* IdOf(const c10::IValue& value) {
  const c10::ivalue::Object& object = value.toObjectRef();
  const bool has_slot =
      !object.slots().empty() && object.getSlot(0).isCapsule();
  return has_slot ? object.getSlot(0).internalToPointer() : nullptr;
}

template <typename Packed>
bool IsA(const c10::IValue& value) {
  return *value.type() ==
         *c10::getCustomClassType<c10::intrusive_ptr<Packed>>();
}

// Of a linear layer or a convolution.
template <typename Packed>
Parameters WeightAndBias(Packed& packed) {
  const auto [weight, bias] = packed.unpack();
  Parameters parameters = {PartOf(&packed, 0, "weight", weight)};
  if (bias.has_value() && bias->defined()) {
    parameters.push_back(PartOf(&packed, 1, "bias", *bias));
  }
  // It keeps half-precision numbers and gives back single ones. Its class is
  // not in LibTorch's headers.
  if (absl::StrContains(typeid(packed).name(), "Fp16")) {
    TensorSpec& tensor = parameters[0].tensor;
    tensor.dtype = DType::kFloat16;
    tensor.storage_bytes = tensor.NumBytes().value_or(0);
  }
  return parameters;
}

template <typename Packed>
Parameters WeightAndBiasOf(const c10::IValue& value) {
  if (!IsA<Packed>(value)) return {};
  return WeightAndBias(*value.toCustomClass<Packed>());
}

Parameters EmbeddingOf(const c10::IValue& value) {
  if (!IsA<EmbeddingPackedParamsBase>(value)) return {};
  const auto packed = value.toCustomClass<EmbeddingPackedParamsBase>();
  return {PartOf(packed.get(), 0, "weight", packed->unpack())};
}

// Of one layer and direction of an LSTM or GRU. The class is LibTorch's secret
// (aten/src/ATen/native/RNN.cpp, CellParamsBase): what it writes to a file is
// (kind, tensors, doubles, ints, packed linear layers).
Parameters RecurrentCellOf(const c10::IValue& value) {
  const auto type = value.type()->cast<c10::ClassType>();
  if (!type || !type->name() ||
      !absl::EndsWith(type->name()->qualifiedName(), "rnn.CellParamsBase")) {
    return {};
  }
  torch::jit::Function* write = type->findMethod("__getstate__");
  if (write == nullptr) return {};
  const auto state = (*write)({value}).toTuple();
  const c10::ArrayRef<c10::IValue> fields = state->elements().asArrayRef();
  if (fields.size() != 5) return {};
  const std::string& kind = fields[0].toStringRef();
  const std::vector<at::Tensor> tensors = fields[1].toTensorVector();
  const auto linears = fields[4].toListRef();
  Parameters parameters;
  if (kind == "quantized") {  // w_ih, w_hh, b_ih, b_hh and sums of columns.
    if (tensors.size() < 4) return {};
    parameters = {{"weight_ih", SpecOf(tensors[0])},
                  {"weight_hh", SpecOf(tensors[1])},
                  {"bias_ih", SpecOf(tensors[2])},
                  {"bias_hh", SpecOf(tensors[3])}};
  } else if (linears.size() == 2) {
    const Parameters ih = PackedParameters::Unpack(linears[0]);
    const Parameters hh = PackedParameters::Unpack(linears[1]);
    if (ih.empty() || hh.empty()) return {};
    parameters = {{"weight_ih", ih[0].tensor}, {"weight_hh", hh[0].tensor}};
    // The linear layers hold the same biases, those of half precision alone.
    if (tensors.size() == 2) {
      parameters.push_back({"bias_ih", SpecOf(tensors[0])});
      parameters.push_back({"bias_hh", SpecOf(tensors[1])});
    } else if (ih.size() == 2 && hh.size() == 2) {
      parameters.push_back({"bias_ih", ih[1].tensor});
      parameters.push_back({"bias_hh", hh[1].tensor});
    }
  }
  return parameters;
}

}  // namespace

Parameters PackedParameters::Unpack(const c10::IValue& value) {
  if (!value.isObject()) return {};
  // What unpacking calls is none of the model's operators.
  const at::DisableRecordFunctionGuard unseen;
  try {
    for (const auto unpack : {WeightAndBiasOf<LinearPackedParamsBase>,
                              WeightAndBiasOf<ConvPackedParamsBase<2>>,
                              WeightAndBiasOf<ConvPackedParamsBase<3>>,
                              EmbeddingOf, RecurrentCellOf}) {
      Parameters parameters = unpack(value);
      if (!parameters.empty()) return parameters;
    }
  } catch (const std::exception&) {
    // A backend that keeps no weights to give back: not known.
  }
  return {};
}

const Parameters& PackedParameters::Keep(const c10::IValue& value) {
  static const Parameters* const none = new Parameters();
  const void* id = value.isObject() ? IdOf(value) : nullptr;
  if (id == nullptr) return *none;
  const auto [kept, is_new] = kept_.try_emplace(id);
  if (is_new) kept->second = {value, Unpack(value)};
  return kept->second.parameters;
}

std::vector<TensorSpec> PackedParameters::TensorsOf(
    const c10::IValue& value) const {
  const void* id = value.isObject() ? IdOf(value) : nullptr;
  if (id == nullptr) return {};
  const auto kept = kept_.find(id);
  std::vector<TensorSpec> tensors;
  for (const ParameterInfo& info :
       kept == kept_.end() ? Unpack(value) : kept->second.parameters) {
    tensors.push_back(info.tensor);
  }
  return tensors;
}

}  // namespace strata::libtorch
