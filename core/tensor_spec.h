// What Strata says of a tensor: everything but its values.

#ifndef STRATA_CORE_TENSOR_SPEC_H_
#define STRATA_CORE_TENSOR_SPEC_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"

namespace strata {

// Element types, under PyTorch's names (`torch.float32` is kFloat32).
enum class DType : uint8_t {
  kUnknown,  // A type that this version of Strata has no name for.
  kBool,
  kUInt8,
  kInt8,
  kInt16,
  kUInt16,
  kInt32,
  kUInt32,
  kInt64,
  kUInt64,
  kFloat16,
  kBFloat16,
  kFloat32,
  kFloat64,
  kFloat8E4M3FN,
  kFloat8E5M2,
  kComplex32,
  kComplex64,
  kComplex128,
  kQInt8,
  kQUInt8,
  kQInt32,
};

// PyTorch's name, without `torch.`: "float32". "unknown" for kUnknown.
absl::string_view DTypeName(DType dtype);

// The inverse of DTypeName, which also takes PyTorch's aliases ("float",
// "double", "half", "long", "int"). Nothing when there is no such type.
std::optional<DType> DTypeFromName(absl::string_view name);

// Bytes of one element; 0 for kUnknown.
int DTypeBytes(DType dtype);

// True for floating-point and complex types.
bool IsFloatingPoint(DType dtype);

// Dimension sizes, outermost first. Empty for a scalar (a 0-d tensor).
using Shape = absl::InlinedVector<int64_t, 6>;

// A plain value; copying one costs no allocation up to six dimensions.
struct TensorSpec {
  Shape shape;
  DType dtype = DType::kUnknown;

  // Which memory it lives in: equal for tensors that share it (views, tied
  // weights), for as long as the model lives. 0: it has none or is not known.
  uint64_t storage = 0;
  int64_t storage_offset = 0;  // In elements, from the storage's start.
  int64_t storage_bytes = 0;   // The size of the whole storage.

  // Elements, or nothing where the product overflows 64 bits.
  std::optional<int64_t> NumElements() const;

  // NumElements times the element's size, or nothing when either is unknown.
  std::optional<int64_t> NumBytes() const;
};

// "1x3x224x224", or "()" for a scalar: the form that --input_size takes.
std::string ShapeText(const Shape& shape);

}  // namespace strata

#endif  // STRATA_CORE_TENSOR_SPEC_H_
