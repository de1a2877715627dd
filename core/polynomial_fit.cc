#include "core/polynomial_fit.h"

#include <algorithm>
#include <limits>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"

namespace strata {
namespace {

__extension__ using Wide = __int128;

std::optional<Wide> Times(std::optional<Wide> a, std::optional<Wide> b) {
  Wide product = 0;
  if (!a || !b || __builtin_mul_overflow(*a, *b, &product)) return std::nullopt;
  return product;
}

std::optional<Wide> Plus(std::optional<Wide> a, std::optional<Wide> b) {
  Wide sum = 0;
  if (!a || !b || __builtin_add_overflow(*a, *b, &sum)) return std::nullopt;
  return sum;
}

int64_t Binomial(int n, int k) {
  int64_t value = 1;
  for (int i = 1; i <= k; ++i) value = value * (n - k + i) / i;
  return value;
}

int64_t Factorial(int n) { return n < 2 ? 1 : n * Factorial(n - 1); }

int Sum(const std::vector<int>& exponents) {
  int sum = 0;
  for (int one : exponents) sum += one;
  return sum;
}

// The coefficients of (x - base) (x - base - 1) … of `count` factors, the
// constant first.
std::vector<std::optional<Wide>> FallingProduct(int64_t base, int count) {
  std::vector<std::optional<Wide>> coefficients = {Wide{1}};
  for (int i = 0; i < count; ++i) {
    std::vector<std::optional<Wide>> next(coefficients.size() + 1, Wide{0});
    const Wide root = static_cast<Wide>(base) + i;
    for (size_t j = 0; j < coefficients.size(); ++j) {
      next[j + 1] = Plus(next[j + 1], coefficients[j]);
      next[j] = Plus(next[j], Times(coefficients[j], -root));
    }
    coefficients = std::move(next);
  }
  return coefficients;
}

}  // namespace

PolynomialFit::PolynomialFit(std::vector<Dimension> dimensions)
    : dimensions_(std::move(dimensions)) {
  const size_t count = dimensions_.size();
  AddLattice(count <= 2 ? kMostDegree : count <= 4 ? 3 : 2);
  AddChecks();
}

// All points whose steps from the smallest sizes add up to `degree` or less.
void PolynomialFit::AddLattice(int degree) {
  for (const Dimension& dimension : dimensions_) {
    // Sizes of 0 and 1 are often cases of their own.
    base_.push_back(
        std::min(std::max<int64_t>(dimension.min, 2), dimension.max));
  }
  denominator_ = Factorial(degree);
  Exponents steps(dimensions_.size(), 0);
  while (true) {
    std::vector<int64_t> point;
    for (size_t i = 0; i < steps.size(); ++i) {
      point.push_back(base_[i] + steps[i]);
    }
    lattice_.push_back(steps);
    points_.push_back(std::move(point));
    // The next in the order of counting.
    size_t place = 0;
    while (place < steps.size()) {
      ++steps[place];
      if (Sum(steps) <= degree &&
          dimensions_[place].max - base_[place] >= steps[place]) {
        break;
      }
      steps[place++] = 0;
    }
    if (place == steps.size()) break;
  }
}

void PolynomialFit::AddChecks() {
  for (const int64_t far : {11, 64, 1023}) {
    std::vector<int64_t> point;
    for (size_t i = 0; i < dimensions_.size(); ++i) {
      const int64_t room = dimensions_[i].max - base_[i];
      point.push_back(base_[i] + std::min(room, far + static_cast<int64_t>(i)));
    }
    points_.push_back(std::move(point));
  }
  std::vector<int64_t> hints;
  for (const Dimension& dimension : dimensions_)
    hints.push_back(dimension.hint);
  points_.push_back(std::move(hints));
}

// Newton's forward differences at the lattice's points.
std::optional<std::vector<Wide>> PolynomialFit::Differences(
    absl::Span<const std::optional<int64_t>> values) const {
  std::vector<Wide> differences;
  for (const Exponents& of : lattice_) {
    Wide sum = 0;
    for (size_t i = 0; i < lattice_.size(); ++i) {
      Wide weight = 1;
      for (size_t j = 0; j < of.size() && weight != 0; ++j) {
        const int step = lattice_[i][j];
        weight *= step > of[j] ? 0 : Binomial(of[j], step);
      }
      if (weight == 0) continue;
      if (!values[i]) return std::nullopt;
      const bool is_odd = (Sum(of) - Sum(lattice_[i])) % 2 != 0;
      sum += (is_odd ? -weight : weight) * *values[i];
    }
    differences.push_back(sum);
  }
  return differences;
}

std::optional<Wide> PolynomialFit::At(absl::Span<const Wide> coefficients,
                                      const std::vector<int64_t>& point) const {
  std::optional<Wide> sum = Wide{0};
  for (size_t i = 0; i < lattice_.size(); ++i) {
    if (coefficients[i] == 0) continue;
    std::optional<Wide> term = coefficients[i];
    for (size_t j = 0; j < point.size(); ++j) {
      for (int k = 0; k < lattice_[i][j]; ++k) {
        term = Times(term, Wide{point[j]});
      }
    }
    sum = Plus(sum, term);
  }
  return sum;
}

std::optional<Polynomial> PolynomialFit::Fit(
    absl::Span<const std::optional<int64_t>> values) const {
  const std::optional<std::vector<Wide>> differences = Differences(values);
  if (!differences) return std::nullopt;
  absl::flat_hash_map<Exponents, size_t> places;
  for (size_t i = 0; i < lattice_.size(); ++i) places[lattice_[i]] = i;
  // All of it times denominator_, so that it stays whole.
  std::vector<std::optional<Wide>> scaled(lattice_.size(), Wide{0});
  for (size_t i = 0; i < lattice_.size(); ++i) {
    if ((*differences)[i] == 0) continue;
    Wide divisor = 1;
    std::vector<std::vector<std::optional<Wide>>> factors;
    for (size_t j = 0; j < base_.size(); ++j) {
      divisor *= Factorial(lattice_[i][j]);
      factors.push_back(FallingProduct(base_[j], lattice_[i][j]));
    }
    const std::optional<Wide> scale =
        Times((*differences)[i], denominator_ / divisor);
    // What is below a point of the lattice is in it, too.
    for (size_t k = 0; k < lattice_.size(); ++k) {
      std::optional<Wide> term = scale;
      bool is_below = true;
      for (size_t j = 0; j < base_.size() && is_below; ++j) {
        is_below = lattice_[k][j] <= lattice_[i][j];
        if (is_below) term = Times(term, factors[j][lattice_[k][j]]);
      }
      if (is_below) scaled[k] = Plus(scaled[k], term);
    }
  }
  std::vector<Wide> coefficients;
  for (const std::optional<Wide>& one : scaled) {
    if (!one || *one % denominator_ != 0) return std::nullopt;
    coefficients.push_back(*one / denominator_);
    if (coefficients.back() > std::numeric_limits<int64_t>::max() ||
        coefficients.back() < std::numeric_limits<int64_t>::min()) {
      return std::nullopt;
    }
  }
  for (size_t i = 0; i < points_.size(); ++i) {
    if (!values[i] || At(coefficients, points_[i]) != Wide{*values[i]}) {
      return std::nullopt;
    }
  }
  Polynomial polynomial;
  // The highest powers first.
  for (size_t i = lattice_.size(); i-- > 0;) {
    if (coefficients[i] == 0) continue;
    Polynomial::Term* term = polynomial.add_terms();
    term->set_coefficient(static_cast<int64_t>(coefficients[i]));
    for (size_t j = 0; j < base_.size(); ++j) {
      if (lattice_[i][j] > 0) {
        (*term->mutable_powers())[dimensions_[j].name] = lattice_[i][j];
      }
    }
  }
  std::stable_sort(polynomial.mutable_terms()->begin(),
                   polynomial.mutable_terms()->end(),
                   [](const Polynomial::Term& a, const Polynomial::Term& b) {
                     const auto degree = [](const Polynomial::Term& term) {
                       int sum = 0;
                       for (const auto& [name, power] : term.powers())
                         sum += power;
                       return sum;
                     };
                     return degree(a) > degree(b);
                   });
  polynomial.set_text(PolynomialText(polynomial));
  return polynomial;
}

std::string PolynomialText(const Polynomial& polynomial) {
  std::string text;
  for (const Polynomial::Term& term : polynomial.terms()) {
    const int64_t coefficient = term.coefficient();
    std::string sign = text.empty() ? "" : " + ";
    if (coefficient < 0) sign = text.empty() ? "-" : " - ";
    // Without a sign even for the smallest of all.
    const uint64_t size = coefficient < 0
                              ? uint64_t{0} - static_cast<uint64_t>(coefficient)
                              : static_cast<uint64_t>(coefficient);
    std::vector<std::pair<std::string, int>> powers(term.powers().begin(),
                                                    term.powers().end());
    std::sort(powers.begin(), powers.end());
    absl::StrAppend(&text, sign);
    bool first = true;
    if (size != 1 || powers.empty()) {
      absl::StrAppend(&text, size);
      first = false;
    }
    for (const auto& [name, power] : powers) {
      absl::StrAppend(&text, first ? "" : "*", name);
      if (power > 1) absl::StrAppend(&text, "^", power);
      first = false;
    }
  }
  return text.empty() ? "0" : text;
}

}  // namespace strata
