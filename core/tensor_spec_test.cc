#include "core/tensor_spec.h"

#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>

#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

struct Row {
  DType dtype;
  const char* name;
  int bytes;
  bool floating;
};

// Names and sizes are PyTorch's: torch.<name>.itemsize.
constexpr Row kRows[] = {
    {DType::kBool, "bool", 1, false},
    {DType::kUInt8, "uint8", 1, false},
    {DType::kInt8, "int8", 1, false},
    {DType::kInt16, "int16", 2, false},
    {DType::kUInt16, "uint16", 2, false},
    {DType::kInt32, "int32", 4, false},
    {DType::kUInt32, "uint32", 4, false},
    {DType::kInt64, "int64", 8, false},
    {DType::kUInt64, "uint64", 8, false},
    {DType::kFloat16, "float16", 2, true},
    {DType::kBFloat16, "bfloat16", 2, true},
    {DType::kFloat32, "float32", 4, true},
    {DType::kFloat64, "float64", 8, true},
    {DType::kFloat8E4M3FN, "float8_e4m3fn", 1, true},
    {DType::kFloat8E5M2, "float8_e5m2", 1, true},
    {DType::kComplex32, "complex32", 4, true},
    {DType::kComplex64, "complex64", 8, true},
    {DType::kComplex128, "complex128", 16, true},
    {DType::kQInt8, "qint8", 1, false},
    {DType::kQUInt8, "quint8", 1, false},
    {DType::kQInt32, "qint32", 4, false},
};

TEST(DTypeTest, NamesBytesAndBack) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(DTypeName(row.dtype), row.name);
    EXPECT_EQ(DTypeFromName(row.name), row.dtype);
    EXPECT_EQ(DTypeBytes(row.dtype), row.bytes);
    EXPECT_EQ(IsFloatingPoint(row.dtype), row.floating);
  }
}

TEST(DTypeTest, EveryTypeHasARow) {
  // The last of the enum: one that is added needs a row above.
  EXPECT_EQ(std::size(kRows), static_cast<size_t>(DType::kQInt32));
  for (size_t i = 0; i < std::size(kRows); ++i) {
    EXPECT_EQ(static_cast<size_t>(kRows[i].dtype), i + 1);
  }
}

TEST(DTypeTest, Unknown) {
  // 255: as a newer plugin might say it.
  for (DType dtype : {DType::kUnknown, static_cast<DType>(255)}) {
    EXPECT_EQ(DTypeName(dtype), "unknown");
    EXPECT_EQ(DTypeBytes(dtype), 0);
    EXPECT_FALSE(IsFloatingPoint(dtype));
  }
}

TEST(DTypeTest, Aliases) {
  struct {
    const char* alias;
    DType dtype;
  } const rows[] = {
      {"float", DType::kFloat32},      {"double", DType::kFloat64},
      {"half", DType::kFloat16},       {"long", DType::kInt64},
      {"int", DType::kInt32},          {"short", DType::kInt16},
      {"chalf", DType::kComplex32},    {"cfloat", DType::kComplex64},
      {"cdouble", DType::kComplex128},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(DTypeFromName(row.alias), row.dtype) << row.alias;
  }
}

TEST(DTypeTest, NoSuchName) {
  for (const char* name : {"", "unknown", "Float32", "torch.float32", "float3",
                           "float322", " int64", "f32"}) {
    EXPECT_EQ(DTypeFromName(name), std::nullopt) << name;
  }
}

TEST(TensorSpecTest, ElementsAndBytes) {
  struct {
    DType dtype;
    Shape shape;
    std::optional<int64_t> elements;
    std::optional<int64_t> bytes;
  } const rows[] = {
      {DType::kFloat32, {}, 1, 4},
      {DType::kFloat32, {2, 3, 5}, 2 * 3 * 5, 2 * 3 * 5 * 4},
      {DType::kBFloat16, {7}, 7, 7 * 2},
      {DType::kComplex128, {2, 2}, 4, 4 * 16},
      {DType::kInt64, {4, 0, 3}, 0, 0},
      {DType::kInt64, {kMax, kMax, 0}, 0, 0},
      {DType::kUnknown, {2, 3}, 6, std::nullopt},
      {DType::kUnknown, {0}, 0, std::nullopt},
      {DType::kInt8, {kMax}, kMax, kMax},
      {DType::kInt16, {kMax}, kMax, std::nullopt},
      {DType::kInt8, {kMax, 2}, std::nullopt, std::nullopt},
      {DType::kFloat32, {1, 1, 1, 1, 1, 1, 2, 3}, 6, 24},  // Past six.
  };
  for (const auto& row : rows) {
    const TensorSpec tensor = TensorOf(row.dtype, row.shape);
    SCOPED_TRACE(testing::Message()
                 << DTypeName(row.dtype) << " " << ShapeText(row.shape));
    EXPECT_EQ(tensor.NumElements(), row.elements);
    EXPECT_EQ(tensor.NumBytes(), row.bytes);
  }
}

TEST(TensorSpecTest, ShapeText) {
  EXPECT_EQ(ShapeText({}), "()");
  EXPECT_EQ(ShapeText({5}), "5");
  EXPECT_EQ(ShapeText({1, 3, 224, 224}), "1x3x224x224");
  EXPECT_EQ(ShapeText({0, 2}), "0x2");
}

}  // namespace
}  // namespace strata
