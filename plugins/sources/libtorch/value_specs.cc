#include "plugins/sources/libtorch/value_specs.h"

#include <ATen/NestedTensorImpl.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue_inl.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace strata::libtorch {
namespace {

constexpr std::pair<at::ScalarType, DType> kTypes[] = {
    {at::kBool, DType::kBool},
    {at::kByte, DType::kUInt8},
    {at::kChar, DType::kInt8},
    {at::kShort, DType::kInt16},
    {at::ScalarType::UInt16, DType::kUInt16},
    {at::kInt, DType::kInt32},
    {at::ScalarType::UInt32, DType::kUInt32},
    {at::kLong, DType::kInt64},
    {at::ScalarType::UInt64, DType::kUInt64},
    {at::kHalf, DType::kFloat16},
    {at::kBFloat16, DType::kBFloat16},
    {at::kFloat, DType::kFloat32},
    {at::kDouble, DType::kFloat64},
    {at::ScalarType::Float8_e4m3fn, DType::kFloat8E4M3FN},
    {at::ScalarType::Float8_e5m2, DType::kFloat8E5M2},
    {at::ScalarType::ComplexHalf, DType::kComplex32},
    {at::ScalarType::ComplexFloat, DType::kComplex64},
    {at::ScalarType::ComplexDouble, DType::kComplex128},
    {at::kQInt8, DType::kQInt8},
    {at::kQUInt8, DType::kQUInt8},
    {at::kQInt32, DType::kQInt32},
};

DType DTypeOf(at::ScalarType type) {
  for (const auto& [scalar, dtype] : kTypes) {
    if (scalar == type) return dtype;
  }
  return DType::kUnknown;
}

// The shortest text that reads back as the same number, as Python prints it.
std::string DoubleText(double value) {
  for (int digits = 6; digits <= 17; ++digits) {
    char text[32];
    std::snprintf(text, sizeof(text), "%.*g", digits, value);
    if (std::strtod(text, nullptr) != value) continue;
    const bool is_whole =
        std::string(text).find_first_of(".en") == std::string::npos;
    return is_whole ? absl::StrCat(text, ".0") : text;
  }
  return absl::StrCat(value);
}

void AddStorage(const at::Tensor& tensor, TensorSpec& spec) {
  // A number that stands for a tensor is made by no operator: its storage may
  // be where another was, and would pass for that.
  if (tensor.unsafeGetTensorImpl()->is_wrapped_number()) return;
  if (!tensor.has_storage()) return;
  const c10::Storage& storage = tensor.storage();
  spec.storage = reinterpret_cast<uint64_t>(storage.unsafeGetStorageImpl());
  spec.storage_bytes = static_cast<int64_t>(storage.nbytes());
}

// The tensors that a nested one is made of, read off its table of sizes: a call
// of unbind would be an operator.
void AppendNested(const at::Tensor& nested, std::vector<TensorSpec>& specs) {
  if (nested.layout() != at::kStrided) return;  // Python's own (jagged).
  const auto* impl = at::native::get_nested_tensor_impl(nested);
  const at::Tensor& sizes = impl->get_nested_sizes();
  if (sizes.dim() != 2) return;  // It has none.
  const int64_t* next = sizes.const_data_ptr<int64_t>();
  const int64_t* offsets =
      impl->get_storage_offsets().const_data_ptr<int64_t>();
  for (int64_t i = 0; i < sizes.size(0); ++i, next += sizes.size(1)) {
    TensorSpec spec;
    spec.shape.assign(next, next + sizes.size(1));
    spec.dtype = DTypeOf(nested.scalar_type());
    AddStorage(nested, spec);
    spec.storage_offset = offsets[i];
    specs.push_back(std::move(spec));
  }
}

template <typename Values>
std::optional<std::string> ListText(const Values& values) {
  std::vector<std::string> texts;
  for (const c10::IValue& value : values) {
    // Nested lists are no constants that a module's repr shows.
    if (value.isList() || value.isTuple()) return std::nullopt;
    std::optional<std::string> text = AttributeText(value);
    if (!text) return std::nullopt;
    texts.push_back(*std::move(text));
  }
  return absl::StrCat("[", absl::StrJoin(texts, ", "), "]");
}

}  // namespace

TensorSpec SpecOf(const at::Tensor& tensor) {
  TensorSpec spec;
  if (!tensor.defined()) return spec;
  spec.dtype = DTypeOf(tensor.scalar_type());
  spec.shape.assign(tensor.sizes().begin(), tensor.sizes().end());
  AddStorage(tensor, spec);
  if (spec.storage != 0) spec.storage_offset = tensor.storage_offset();
  return spec;
}

void AppendTensors(const c10::IValue& value, std::vector<TensorSpec>& specs) {
  // What is still to be looked at, the next on top: no recursion.
  std::vector<c10::IValue> stack = {value};
  while (!stack.empty()) {
    const c10::IValue next = std::move(stack.back());
    stack.pop_back();
    if (next.isTensor()) {
      const at::Tensor& tensor = next.toTensor();
      if (!tensor.defined()) continue;
      if (tensor.is_nested()) {
        AppendNested(tensor, specs);
      } else {
        specs.push_back(SpecOf(tensor));
      }
    } else if (next.isTuple()) {
      const auto& elements = next.toTupleRef().elements();
      for (size_t i = elements.size(); i > 0; --i) {
        stack.push_back(elements[i - 1]);
      }
    } else if (next.isList()) {
      const c10::ArrayRef<c10::IValue> elements = next.toListRef();
      for (size_t i = elements.size(); i > 0; --i) {
        stack.push_back(elements[i - 1]);
      }
    } else if (next.isGenericDict()) {
      std::vector<c10::IValue> values;
      for (const auto& entry : next.toGenericDict()) {
        values.push_back(entry.value());
      }
      stack.insert(stack.end(), values.rbegin(), values.rend());
    }
  }
}

OpArgument ArgumentOf(const c10::IValue& value, const Unpack& unpack) {
  if (value.isTensor()) {
    const at::Tensor& tensor = value.toTensor();
    if (!tensor.defined()) return std::monostate();
    if (!tensor.is_nested()) return SpecOf(tensor);
    NestedTensor nested;
    AppendNested(tensor, nested.tensors);
    return nested;
  }
  if (value.isInt()) return value.toInt();
  if (value.isBool()) return value.toBool();
  if (value.isDouble()) return value.toDouble();
  if (value.isString()) return value.toStringRef();
  if (value.isIntList()) return value.toIntVector();
  if (value.isTensorList() || value.isOptionalTensorList()) {
    std::vector<TensorSpec> specs;
    AppendTensors(value, specs);
    return specs;
  }
  // One that is not unpacked makes the whole unknown.
  if (!unpack) return std::monostate();
  std::vector<TensorSpec> specs;
  const auto unpacked = [&](const c10::IValue& object) {
    const std::vector<TensorSpec> tensors = unpack(object);
    specs.insert(specs.end(), tensors.begin(), tensors.end());
    return !tensors.empty();
  };
  if (value.isObject() && unpacked(value)) return specs;
  if (!value.isList() || value.toListRef().empty()) return std::monostate();
  for (const c10::IValue& element : value.toListRef()) {
    if (!unpacked(element)) return std::monostate();
  }
  return specs;
}

std::optional<std::string> AttributeText(const c10::IValue& value) {
  if (value.isNone()) return "None";
  if (value.isBool()) return value.toBool() ? "True" : "False";
  if (value.isInt()) return absl::StrCat(value.toInt());
  if (value.isDouble()) return DoubleText(value.toDouble());
  if (value.isString()) return value.toStringRef();
  if (value.isTuple()) return ListText(value.toTupleRef().elements());
  if (value.isList()) return ListText(value.toListRef());
  return std::nullopt;
}

std::optional<at::ScalarType> ScalarTypeOf(DType dtype) {
  for (const auto& [scalar, known] : kTypes) {
    if (known == dtype) return scalar;
  }
  return std::nullopt;
}

}  // namespace strata::libtorch
