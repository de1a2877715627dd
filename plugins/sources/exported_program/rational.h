// Exact arithmetic of quotients, as expressions need it.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_RATIONAL_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_RATIONAL_H_

#include <cstdint>
#include <optional>

namespace strata::exported_program {

// A quotient in lowest terms, with a denominator above 0.
struct Rational {
  int64_t numerator = 0;
  int64_t denominator = 1;
};

// Nothing: it overflows, or has no value (a division by 0).
std::optional<Rational> Add(Rational a, Rational b);
std::optional<Rational> Multiply(Rational a, Rational b);
std::optional<Rational> Divide(Rational a, Rational b);
std::optional<Rational> FloorDivide(Rational a, Rational b);
// As in Python: the result has the sign of `b`.
std::optional<Rational> Modulo(Rational a, Rational b);
// For an exponent that is an integer from -64 to 64; others have no value here.
std::optional<Rational> Power(Rational base, Rational exponent);

// The greatest integer that is not above it.
int64_t Floor(Rational a);

bool IsLess(Rational a, Rational b);

}  // namespace strata::exported_program

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_RATIONAL_H_
