#include "core/count.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "gtest/gtest.h"

namespace strata {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr std::nullopt_t kUnknown = std::nullopt;

struct Row {
  Count a;
  Count b;
  std::optional<int64_t> sum;
  std::optional<int64_t> product;
};

TEST(CountTest, SumsAndProductsAreExactOrUnknown) {
  const Row rows[] = {
      {2, 3, 5, 6},
      {0, 0, 0, 0},
      {0, kMax, kMax, 0},
      {1, kMax - 1, kMax, kMax - 1},
      {1, kMax, kUnknown, kMax},
      {2, kMax / 2, kMax / 2 + 2, kMax - 1},
      {2, kMax / 2 + 1, kMax / 2 + 3, kUnknown},
      {kMax, kMax, kUnknown, kUnknown},
      {Count::Unknown(), 0, kUnknown, kUnknown},
      {Count::Unknown(), 7, kUnknown, kUnknown},
      {Count::Unknown(), Count::Unknown(), kUnknown, kUnknown},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(testing::Message() << row.a.value().value_or(-1) << ", "
                                    << row.b.value().value_or(-1));
    EXPECT_EQ((row.a + row.b).value(), row.sum);
    EXPECT_EQ((row.b + row.a).value(), row.sum);
    EXPECT_EQ((row.a * row.b).value(), row.product);
    EXPECT_EQ((row.b * row.a).value(), row.product);
    Count sum = row.a;
    sum += row.b;
    EXPECT_EQ(sum.value(), row.sum);
    Count product = row.a;
    product *= row.b;
    EXPECT_EQ(product.value(), row.product);
  }
}

TEST(CountTest, NegativeIsUnknown) {
  EXPECT_FALSE(Count(-1).known());
  EXPECT_FALSE(Count(std::numeric_limits<int64_t>::min()).known());
  EXPECT_EQ(Count(-5).value(), std::nullopt);
  EXPECT_TRUE(Count(0).known());
}

TEST(CountTest, OnceUnknownStaysUnknown) {
  Count count = kMax;
  count += 1;
  count *= 0;
  count += 5;
  EXPECT_FALSE(count.known());
}

TEST(CountTest, Equality) {
  EXPECT_TRUE(Count(3) == Count(3));
  EXPECT_FALSE(Count(3) == Count(4));
  EXPECT_FALSE(Count(0) == Count::Unknown());
  EXPECT_TRUE(Count(-7) == Count::Unknown());
}

TEST(CountTest, Product) {
  struct ProductRow {
    std::vector<int64_t> sizes;
    std::optional<int64_t> product;
  };
  const ProductRow rows[] = {
      {{}, 1},  // A scalar has one element.
      {{7}, 7},
      {{2, 3, 5}, 30},
      {{0}, 0},
      {{kMax, kMax, 0}, 0},
      {{0, kMax, kMax}, 0},
      {{kMax, 1}, kMax},
      {{kMax, 2}, kUnknown},
      {{kMax, kMax, 1}, kUnknown},
      {{-1, 3}, kUnknown},  // A size that is not known.
      {{int64_t{1} << 31, int64_t{1} << 31}, int64_t{1} << 62},
      {{int64_t{1} << 32, int64_t{1} << 31}, kUnknown},
  };
  for (const ProductRow& row : rows) {
    EXPECT_EQ(Product(row.sizes).value(), row.product)
        << testing::PrintToString(row.sizes);
  }
}

static_assert((Count(2) * 3 + 4).value() == 10, "usable in constants");

}  // namespace
}  // namespace strata
