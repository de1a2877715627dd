#include "core/polynomial_fit.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace strata {
namespace {

using Figure =
    std::function<std::optional<int64_t>(const std::vector<int64_t>&)>;

std::string FitText(const std::vector<Dimension>& dimensions, Figure figure) {
  const PolynomialFit fit(dimensions);
  std::vector<std::optional<int64_t>> values;
  for (const std::vector<int64_t>& point : fit.points()) {
    for (size_t i = 0; i < point.size(); ++i) {
      EXPECT_GE(point[i], dimensions[i].min);
      EXPECT_LE(point[i], dimensions[i].max);
    }
    values.push_back(figure(point));
  }
  const std::optional<Polynomial> found = fit.Fit(values);
  return found ? found->text() : "none";
}

TEST(PolynomialFitTest, FindsWhatItIs) {
  const std::vector<Dimension> one = {{"s", 8}};
  const std::vector<Dimension> narrow = {{"s", 6, 5, 7}};
  const std::vector<Dimension> two = {{"b", 4, 1, 64}, {"t", 128, 2, 4096}};
  const std::vector<Dimension> late = {{"s", 100000, 90000, 1000000}};
  const std::vector<Dimension> three = {{"a", 3}, {"b", 3}, {"c", 3}};
  const struct {
    const std::vector<Dimension>& dimensions;
    std::string text;
    Figure figure;
  } kCases[] = {
      {one, "7", [](const auto&) { return 7; }},
      {one, "0", [](const auto&) { return 0; }},
      {one, "s", [](const auto& x) { return x[0]; }},
      {one, "4089184256*s", [](const auto& x) { return 4089184256 * x[0]; }},
      {one, "2*s^2 - s + 3",
       [](const auto& x) { return 2 * x[0] * x[0] - x[0] + 3; }},
      {one, "s^4", [](const auto& x) { return x[0] * x[0] * x[0] * x[0]; }},
      // Half a square is whole at every point, and its coefficients are not.
      {one, "none", [](const auto& x) { return x[0] * (x[0] + 1) / 2; }},
      {one, "none", [](const auto& x) { return (x[0] - 1) / 2; }},
      {one, "none", [](const auto& x) { return (x[0] - 1) / 32 + 1; }},
      {one, "none", [](const auto& x) { return x[0] % 8; }},
      {one, "none",
       [](const auto& x) { return x[0] * x[0] * x[0] * x[0] * x[0]; }},
      {one, "none", [](const auto&) { return std::nullopt; }},
      {one, "none",
       [](const auto& x) {
         return x[0] > 50 ? std::nullopt : std::optional<int64_t>(x[0]);
       }},
      {narrow, "3*s", [](const auto& x) { return 3 * x[0]; }},
      {two, "5*b*t^2 + 7*b*t + 9",
       [](const auto& x) {
         return 5 * x[0] * x[1] * x[1] + 7 * x[0] * x[1] + 9;
       }},
      {two, "t", [](const auto& x) { return x[1]; }},
      {late, "1007*s^2", [](const auto& x) { return 1007 * x[0] * x[0]; }},
      {three, "a*b*c + 2*a",
       [](const auto& x) { return x[0] * x[1] * x[2] + 2 * x[0]; }},
  };
  for (const auto& one_case : kCases) {
    EXPECT_EQ(FitText(one_case.dimensions, one_case.figure), one_case.text);
  }
}

TEST(PolynomialFitTest, TermsHaveTheirPowers) {
  const PolynomialFit fit({{"b", 4}, {"t", 8}});
  std::vector<std::optional<int64_t>> values;
  for (const auto& point : fit.points()) {
    values.push_back(3 * point[0] * point[1] * point[1]);
  }
  const std::optional<Polynomial> found = fit.Fit(values);
  ASSERT_TRUE(found.has_value());
  ASSERT_EQ(found->terms_size(), 1);
  EXPECT_EQ(found->terms(0).coefficient(), 3);
  EXPECT_EQ(found->terms(0).powers().at("b"), 1);
  EXPECT_EQ(found->terms(0).powers().at("t"), 2);
}

}  // namespace
}  // namespace strata
