// Integers that count: exact, or known to be unknown.

#ifndef STRATA_CORE_COUNT_H_
#define STRATA_CORE_COUNT_H_

#include <cstdint>
#include <optional>

namespace strata {

// A non-negative 64-bit count. Once a sum or a product overflows, or an operand
// is unknown, the result is unknown: a wrong number is never shown.
class Count {
 public:
  constexpr Count(int64_t value) : value_(value), known_(value >= 0) {}
  static constexpr Count Unknown() { return Count(-1); }

  constexpr bool known() const { return known_; }
  constexpr std::optional<int64_t> value() const {
    return known_ ? std::optional<int64_t>(value_) : std::nullopt;
  }

  friend constexpr Count operator+(Count a, Count b) {
    int64_t sum = 0;
    if (!a.known_ || !b.known_ ||
        __builtin_add_overflow(a.value_, b.value_, &sum)) {
      return Unknown();
    }
    return Count(sum);
  }
  friend constexpr Count operator*(Count a, Count b) {
    int64_t product = 0;
    if (!a.known_ || !b.known_ ||
        __builtin_mul_overflow(a.value_, b.value_, &product)) {
      return Unknown();
    }
    return Count(product);
  }
  constexpr Count& operator+=(Count other) { return *this = *this + other; }
  constexpr Count& operator*=(Count other) { return *this = *this * other; }

  friend constexpr bool operator==(Count a, Count b) {
    return a.known_ == b.known_ && (!a.known_ || a.value_ == b.value_);
  }

 private:
  int64_t value_;
  bool known_;
};

// The product of a range of sizes; 1 for an empty one. A size of zero makes it
// zero, even where the other sizes overflow: such a tensor has no elements.
template <typename Range>
constexpr Count Product(const Range& sizes) {
  Count product = 1;
  for (int64_t size : sizes) {
    if (size == 0) return 0;
    product *= size;
  }
  return product;
}

}  // namespace strata

#endif  // STRATA_CORE_COUNT_H_
