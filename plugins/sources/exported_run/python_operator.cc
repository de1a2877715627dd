#include "plugins/sources/exported_run/python_operator.h"

#include <ATen/core/ivalue_inl.h>

#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"

namespace strata::exported_run {
namespace {

using Numbers = std::vector<c10::IValue>;
using Function = c10::IValue (*)(const Numbers&);

bool IsReal(const c10::IValue& value) { return value.isDouble(); }

// A bool is 0 or 1, as in Python.
int64_t Integer(const c10::IValue& value) {
  if (value.isBool()) return value.toBool() ? 1 : 0;
  return value.toInt();
}

double Real(const c10::IValue& value) {
  return IsReal(value) ? value.toDouble() : static_cast<double>(Integer(value));
}

[[noreturn]] void Overflow() { throw std::runtime_error("a size overflows"); }

void CheckDivisor(bool is_zero) {
  if (is_zero) throw std::runtime_error("a size is divided by zero");
}

int64_t FloorDivide(int64_t a, int64_t b) {
  CheckDivisor(b == 0);
  if (a == INT64_MIN && b == -1) Overflow();
  const int64_t quotient = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

int64_t FloorModulo(int64_t a, int64_t b) {
  CheckDivisor(b == 0);
  if (b == -1) return 0;
  const int64_t rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

int64_t Power(int64_t base, int64_t exponent) {
  int64_t power = 1;
  // Others are constant, or overflow soon.
  if (base == 0 || base == 1) return exponent == 0 ? 1 : base;
  if (base == -1) return exponent % 2 == 0 ? 1 : -1;
  for (; exponent > 0; --exponent) {
    if (__builtin_mul_overflow(power, base, &power)) Overflow();
  }
  return power;
}

int64_t Whole(double value) {
  // The first double that is too large for an int64.
  constexpr double kTooLarge = 9223372036854775808.0;
  if (!(value >= -kTooLarge && value < kTooLarge)) Overflow();
  return static_cast<int64_t>(value);
}

template <typename OnIntegers, typename OnReals>
c10::IValue Either(const Numbers& n, OnIntegers on_integers, OnReals on_reals) {
  if (IsReal(n[0]) || IsReal(n[1])) return on_reals(Real(n[0]), Real(n[1]));
  return on_integers(Integer(n[0]), Integer(n[1]));
}

#define STRATA_CHECKED(builtin, op)                              \
  [](const Numbers& n) {                                         \
    return Either(                                               \
        n,                                                       \
        [](int64_t a, int64_t b) {                               \
          int64_t result = 0;                                    \
          if (builtin(a, b, &result)) Overflow();                \
          return c10::IValue(result);                            \
        },                                                       \
        [](double a, double b) { return c10::IValue(a op b); }); \
  }
#define STRATA_COMPARED(op)                                          \
  [](const Numbers& n) {                                             \
    return Either(                                                   \
        n, [](int64_t a, int64_t b) { return c10::IValue(a op b); }, \
        [](double a, double b) { return c10::IValue(a op b); });     \
  }

c10::IValue FloorDiv(const Numbers& n) {
  return Either(
      n, [](int64_t a, int64_t b) { return c10::IValue(FloorDivide(a, b)); },
      [](double a, double b) {
        CheckDivisor(b == 0);
        return c10::IValue(std::floor(a / b));
      });
}

c10::IValue TrueDiv(const Numbers& n) {
  CheckDivisor(Real(n[1]) == 0);
  return Real(n[0]) / Real(n[1]);
}

c10::IValue Mod(const Numbers& n) {
  return Either(
      n, [](int64_t a, int64_t b) { return c10::IValue(FloorModulo(a, b)); },
      [](double a, double b) {
        CheckDivisor(b == 0);
        return c10::IValue(a - b * std::floor(a / b));
      });
}

c10::IValue Pow(const Numbers& n) {
  if (IsReal(n[0]) || IsReal(n[1]) || Integer(n[1]) < 0) {
    return std::pow(Real(n[0]), Real(n[1]));
  }
  return Power(Integer(n[0]), Integer(n[1]));
}

c10::IValue Neg(const Numbers& n) {
  if (IsReal(n[0])) return -n[0].toDouble();
  int64_t result = 0;
  if (__builtin_sub_overflow(int64_t{0}, Integer(n[0]), &result)) Overflow();
  return result;
}

c10::IValue Max(const Numbers& n) {
  return Real(n[1]) > Real(n[0]) ? n[1] : n[0];
}
c10::IValue Min(const Numbers& n) {
  return Real(n[1]) < Real(n[0]) ? n[1] : n[0];
}

template <double (*Round)(double)>
c10::IValue Rounded(const Numbers& n) {
  if (!IsReal(n[0])) return Integer(n[0]);
  return Whole(Round(n[0].toDouble()));
}

struct Entry {
  size_t arguments;
  Function function;
};

const Entry* Find(absl::string_view name) {
  static const auto* const entries = new absl::flat_hash_map<absl::string_view,
                                                             Entry>({
      {"_operator.add", {2, STRATA_CHECKED(__builtin_add_overflow, +)}},
      {"_operator.sub", {2, STRATA_CHECKED(__builtin_sub_overflow, -)}},
      {"_operator.mul", {2, STRATA_CHECKED(__builtin_mul_overflow, *)}},
      {"_operator.floordiv", {2, FloorDiv}},
      {"_operator.truediv", {2, TrueDiv}},
      {"_operator.mod", {2, Mod}},
      {"_operator.pow", {2, Pow}},
      {"_operator.neg", {1, Neg}},
      {"_operator.pos", {1, [](const Numbers& n) { return n[0]; }}},
      {"_operator.eq", {2, STRATA_COMPARED(==)}},
      {"_operator.ne", {2, STRATA_COMPARED(!=)}},
      {"_operator.lt", {2, STRATA_COMPARED(<)}},
      {"_operator.le", {2, STRATA_COMPARED(<=)}},
      {"_operator.gt", {2, STRATA_COMPARED(>)}},
      {"_operator.ge", {2, STRATA_COMPARED(>=)}},
      {"_operator.and_",
       {2,
        [](const Numbers& n) {
          return c10::IValue(Integer(n[0]) != 0 && Integer(n[1]) != 0);
        }}},
      {"_operator.or_",
       {2,
        [](const Numbers& n) {
          return c10::IValue(Integer(n[0]) != 0 || Integer(n[1]) != 0);
        }}},
      {"math.trunc", {1, Rounded<std::trunc>}},
      {"math.floor", {1, Rounded<std::floor>}},
      {"math.ceil", {1, Rounded<std::ceil>}},
      {"torch.sym_int", {1, Rounded<std::trunc>}},
      {"torch.sym_float",
       {1, [](const Numbers& n) { return c10::IValue(Real(n[0])); }}},
      {"torch.sym_not",
       {1, [](const Numbers& n) { return c10::IValue(Integer(n[0]) == 0); }}},
      {"torch.sym_ite",
       {3, [](const Numbers& n) { return Integer(n[0]) != 0 ? n[1] : n[2]; }}},
      {"torch.sym_max", {2, Max}},
      {"torch.sym_min", {2, Min}},
      {"torch.sym_sqrt",
       {1,
        [](const Numbers& n) { return c10::IValue(std::sqrt(Real(n[0]))); }}},
      {"torch._sym_sqrt",
       {1,
        [](const Numbers& n) { return c10::IValue(std::sqrt(Real(n[0]))); }}},
  });
  const auto found = entries->find(name);
  return found == entries->end() ? nullptr : &found->second;
}

}  // namespace

bool IsPythonOperator(absl::string_view name) { return Find(name) != nullptr; }

c10::IValue RunPythonOperator(absl::string_view name,
                              const std::vector<c10::IValue>& arguments) {
  const Entry* entry = Find(name);
  if (entry == nullptr) {
    throw std::runtime_error(absl::StrCat("there is no ", name));
  }
  if (arguments.size() != entry->arguments) {
    throw std::runtime_error(absl::StrCat(name, " takes ", entry->arguments,
                                          " numbers, and was given ",
                                          arguments.size()));
  }
  for (const c10::IValue& argument : arguments) {
    if (!argument.isInt() && !argument.isDouble() && !argument.isBool()) {
      throw std::runtime_error(
          absl::StrCat(name, " takes numbers, and was given something else"));
    }
  }
  return entry->function(arguments);
}

}  // namespace strata::exported_run
