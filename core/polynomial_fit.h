// Finds the polynomial that a figure is, from what it is at a few points.

#ifndef STRATA_CORE_POLYNOMIAL_FIT_H_
#define STRATA_CORE_POLYNOMIAL_FIT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "core/model.h"
#include "core/summary.pb.h"

namespace strata {

// Polynomials in the sizes of open dimensions. A figure that is one, of degree
// kMostDegree or less and with whole coefficients, is found exactly; one that
// is something else is taken for one only where it agrees at all points, which
// reach from the smallest sizes to such as the model was exported for and
// beyond.
class PolynomialFit {
 public:
  // With more dimensions than this there are too many points to look at.
  static constexpr size_t kMostDimensions = 6;
  static constexpr int kMostDegree = 4;

  // At most kMostDimensions of them.
  explicit PolynomialFit(std::vector<Dimension> dimensions);

  // The sizes, in the order of the dimensions, at which a figure must be known.
  // The last is that of the hints.
  const std::vector<std::vector<int64_t>>& points() const { return points_; }

  // A figure by its values at points(); values that are not known are nothing.
  // One that is the same at all points gives a polynomial without terms but
  // perhaps a constant. Nothing: it is no polynomial, or a coefficient
  // overflows.
  std::optional<Polynomial> Fit(
      absl::Span<const std::optional<int64_t>> values) const;

 private:
  using Exponents = std::vector<int>;
  __extension__ using Wide = __int128;

  void AddLattice(int degree);
  void AddChecks();
  std::optional<std::vector<Wide>> Differences(
      absl::Span<const std::optional<int64_t>> values) const;
  std::optional<Wide> At(absl::Span<const Wide> coefficients,
                         const std::vector<int64_t>& point) const;

  std::vector<Dimension> dimensions_;
  std::vector<int64_t> base_;
  std::vector<Exponents> lattice_;  // Of the first points, and of the terms.
  std::vector<std::vector<int64_t>> points_;
  int64_t denominator_ = 1;  // Times a coefficient it is whole.
};

// "4089184256*s77 + 12"; "0" without terms.
std::string PolynomialText(const Polynomial& polynomial);

}  // namespace strata

#endif  // STRATA_CORE_POLYNOMIAL_FIT_H_
