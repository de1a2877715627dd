// How core/columns.h writes numbers, shapes and bytes.

#include <cstdint>
#include <limits>

#include "core/columns.h"
#include "gtest/gtest.h"

namespace strata {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();

struct Row {
  int64_t number;
  const char* text;
};

TEST(NumberTextTest, WithCommas) {
  const Row rows[] = {
      {0, "0"},
      {7, "7"},
      {999, "999"},
      {1000, "1,000"},
      {12345, "12,345"},
      {123456, "123,456"},
      {1234567, "1,234,567"},
      {-1, "-1"},
      {-999, "-999"},
      {-1000, "-1,000"},
      {-123456, "-123,456"},
      {-1234567, "-1,234,567"},
      {kMax, "9,223,372,036,854,775,807"},
      {kMin, "-9,223,372,036,854,775,808"},
  };
  for (const Row& row : rows) EXPECT_EQ(WithCommas(row.number), row.text);
}

TEST(NumberTextTest, Bytes) {
  const Row rows[] = {
      {0, "0 B"},
      {1, "1 B"},
      {999, "999 B"},
      {1000, "1.00 kB"},
      {1004, "1.00 kB"},
      {1006, "1.01 kB"},
      {978071, "978.07 kB"},
      {999994, "999.99 kB"},
      {999995, "1.00 MB"},  // Never "1000.00 kB".
      {999999, "1.00 MB"},
      {1000000, "1.00 MB"},
      {102228128, "102.23 MB"},  // ResNet-50's parameters.
      {999994999, "999.99 MB"},
      {999995000, "1.00 GB"},
      {1000000000000, "1.00 TB"},
      {1000000000000000, "1.00 PB"},
      {1000000000000000000, "1.00 EB"},
      {kMax, "9.22 EB"},
  };
  for (const Row& row : rows) EXPECT_EQ(BytesText(row.number), row.text);
}

TEST(NumberTextTest, Shapes) {
  class Tensor tensor;
  EXPECT_EQ(ShapeCell(tensor), "[]");
  tensor.add_shape(1);
  EXPECT_EQ(ShapeCell(tensor), "[1]");
  tensor.add_shape(64);
  tensor.add_shape(0);
  EXPECT_EQ(ShapeCell(tensor), "[1, 64, 0]");
}

TEST(RealTextTest, FourDigitsThatCount) {
  const std::pair<double, const char*> rows[] = {
      {0, "0"},
      {12.3456, "12.35"},
      {999.94, "999.9"},
      {999.96, "1,000"},
      {1234567.8, "1,234,568"},
      {0.012347, "0.01235"},
      {1, "1.000"},
      {-2.5, "-2.500"},
      {1e-9, "1.000e-09"},
      {2e15, "2.000e+15"},
  };
  for (const auto& [value, text] : rows) EXPECT_EQ(RealText(value), text);
}

TEST(FigureTest, AsItIs) {
  MetricValue value;
  EXPECT_EQ(TotalFigure(value), "");
  value.set_total(9007199254740993);
  EXPECT_EQ(TotalFigure(value), "9007199254740993");
  EXPECT_EQ(SelfFigure(value), "");
  value.set_real_self(0.1);
  EXPECT_EQ(SelfFigure(value), "0.1");  // And not 0.1000000000000000055.
  value.set_real_self(1234567.875);
  EXPECT_EQ(SelfFigure(value), "1234567.875");
}

}  // namespace
}  // namespace strata
