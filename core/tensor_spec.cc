#include "core/tensor_spec.h"

#include <array>

#include "absl/strings/str_join.h"
#include "core/count.h"

namespace strata {
namespace {

struct DTypeRow {
  DType dtype;
  absl::string_view name;
  absl::string_view alias;
  int bytes;
  bool floating;
};

// In the order of the enum, so that a DType is an index.
constexpr std::array<DTypeRow, 22> kDTypes = {{
    {DType::kUnknown, "unknown", "", 0, false},
    {DType::kBool, "bool", "", 1, false},
    {DType::kUInt8, "uint8", "", 1, false},
    {DType::kInt8, "int8", "", 1, false},
    {DType::kInt16, "int16", "short", 2, false},
    {DType::kUInt16, "uint16", "", 2, false},
    {DType::kInt32, "int32", "int", 4, false},
    {DType::kUInt32, "uint32", "", 4, false},
    {DType::kInt64, "int64", "long", 8, false},
    {DType::kUInt64, "uint64", "", 8, false},
    {DType::kFloat16, "float16", "half", 2, true},
    {DType::kBFloat16, "bfloat16", "", 2, true},
    {DType::kFloat32, "float32", "float", 4, true},
    {DType::kFloat64, "float64", "double", 8, true},
    {DType::kFloat8E4M3FN, "float8_e4m3fn", "", 1, true},
    {DType::kFloat8E5M2, "float8_e5m2", "", 1, true},
    {DType::kComplex32, "complex32", "chalf", 4, true},
    {DType::kComplex64, "complex64", "cfloat", 8, true},
    {DType::kComplex128, "complex128", "cdouble", 16, true},
    {DType::kQInt8, "qint8", "", 1, false},
    {DType::kQUInt8, "quint8", "", 1, false},
    {DType::kQInt32, "qint32", "", 4, false},
}};

const DTypeRow& Row(DType dtype) {
  const size_t index = static_cast<size_t>(dtype);
  return kDTypes[index < kDTypes.size() ? index : 0];
}

}  // namespace

absl::string_view DTypeName(DType dtype) { return Row(dtype).name; }

std::optional<DType> DTypeFromName(absl::string_view name) {
  for (const DTypeRow& row : kDTypes) {
    if (row.dtype == DType::kUnknown || name.empty()) continue;
    if (name == row.name || name == row.alias) return row.dtype;
  }
  return std::nullopt;
}

int DTypeBytes(DType dtype) { return Row(dtype).bytes; }

bool IsFloatingPoint(DType dtype) { return Row(dtype).floating; }

std::optional<int64_t> TensorSpec::NumElements() const {
  return Product(shape).value();
}

std::optional<int64_t> TensorSpec::NumBytes() const {
  if (dtype == DType::kUnknown) return std::nullopt;
  return (Product(shape) * DTypeBytes(dtype)).value();
}

std::string ShapeText(const Shape& shape) {
  return shape.empty() ? "()" : absl::StrJoin(shape, "x");
}

}  // namespace strata
