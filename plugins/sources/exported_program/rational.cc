#include "plugins/sources/exported_program/rational.h"

#include <cstdlib>
#include <utility>

namespace strata::exported_program {
namespace {

std::optional<Rational> Reduced(__int128 numerator, __int128 denominator) {
  if (denominator == 0) return std::nullopt;
  __int128 a = numerator < 0 ? -numerator : numerator;
  __int128 b = denominator < 0 ? -denominator : denominator;
  while (b != 0) a = std::exchange(b, a % b);
  if (a != 0) numerator /= a, denominator /= a;
  if (denominator < 0) numerator = -numerator, denominator = -denominator;
  const auto n = static_cast<int64_t>(numerator);
  const auto d = static_cast<int64_t>(denominator);
  if (n != numerator || d != denominator) return std::nullopt;
  return Rational{n, d};
}

}  // namespace

std::optional<Rational> Add(Rational a, Rational b) {
  return Reduced(static_cast<__int128>(a.numerator) * b.denominator +
                     static_cast<__int128>(b.numerator) * a.denominator,
                 static_cast<__int128>(a.denominator) * b.denominator);
}

std::optional<Rational> Multiply(Rational a, Rational b) {
  return Reduced(static_cast<__int128>(a.numerator) * b.numerator,
                 static_cast<__int128>(a.denominator) * b.denominator);
}

std::optional<Rational> Divide(Rational a, Rational b) {
  return Reduced(static_cast<__int128>(a.numerator) * b.denominator,
                 static_cast<__int128>(a.denominator) * b.numerator);
}

int64_t Floor(Rational a) {
  const int64_t cut = a.numerator / a.denominator;
  return cut - (a.numerator % a.denominator < 0 ? 1 : 0);
}

bool IsLess(Rational a, Rational b) {
  return static_cast<__int128>(a.numerator) * b.denominator <
         static_cast<__int128>(b.numerator) * a.denominator;
}

std::optional<Rational> FloorDivide(Rational a, Rational b) {
  const std::optional<Rational> quotient = Divide(a, b);
  if (!quotient) return quotient;
  return Rational{Floor(*quotient), 1};
}

std::optional<Rational> Modulo(Rational a, Rational b) {
  const std::optional<Rational> times = FloorDivide(a, b);
  const std::optional<Rational> whole = times ? Multiply(*times, b) : times;
  const std::optional<Rational> minus =
      whole ? Multiply(*whole, {-1, 1}) : whole;
  return minus ? Add(a, *minus) : minus;
}

std::optional<Rational> Power(Rational base, Rational exponent) {
  constexpr int64_t kMostSteps = 64;
  if (exponent.denominator != 1 || exponent.numerator > kMostSteps ||
      exponent.numerator < -kMostSteps) {
    return std::nullopt;
  }
  std::optional<Rational> result = Rational{1, 1};
  for (int64_t i = 0; result && i < std::abs(exponent.numerator); ++i) {
    result = exponent.numerator > 0 ? Multiply(*result, base)
                                    : Divide(*result, base);
  }
  return result;
}

}  // namespace strata::exported_program
