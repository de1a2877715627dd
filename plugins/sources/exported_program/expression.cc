#include "plugins/sources/exported_program/expression.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"

namespace strata::exported_program {
namespace {

// A quotient in lowest terms, with a denominator above 0; or nothing.
struct Rational {
  int64_t numerator = 0;
  int64_t denominator = 1;
};
using Result = std::optional<Rational>;

Result Reduced(__int128 numerator, __int128 denominator) {
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

Result Add(Rational a, Rational b) {
  return Reduced(static_cast<__int128>(a.numerator) * b.denominator +
                     static_cast<__int128>(b.numerator) * a.denominator,
                 static_cast<__int128>(a.denominator) * b.denominator);
}

Result Multiply(Rational a, Rational b) {
  return Reduced(static_cast<__int128>(a.numerator) * b.numerator,
                 static_cast<__int128>(a.denominator) * b.denominator);
}

Result Divide(Rational a, Rational b) {
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

Result FloorDivide(Rational a, Rational b) {
  const Result quotient = Divide(a, b);
  if (!quotient) return quotient;
  return Rational{Floor(*quotient), 1};
}

// As in Python: the result has the sign of `b`.
Result Modulo(Rational a, Rational b) {
  const Result times = FloorDivide(a, b);
  const Result whole = times ? Multiply(*times, b) : times;
  const Result minus = whole ? Multiply(*whole, {-1, 1}) : whole;
  return minus ? Add(a, *minus) : minus;
}

Result Power(Rational base, Rational exponent) {
  constexpr int64_t kMostSteps = 64;
  if (exponent.denominator != 1 || exponent.numerator > kMostSteps ||
      exponent.numerator < -kMostSteps) {
    return std::nullopt;
  }
  Result result = Rational{1, 1};
  for (int64_t i = 0; result && i < std::abs(exponent.numerator); ++i) {
    result = exponent.numerator > 0 ? Multiply(*result, base)
                                    : Divide(*result, base);
  }
  return result;
}

}  // namespace

// Reads `NAME(argument, …)`, integers and names in quotes, and writes the
// instructions down once all arguments of one are there.
class Expressions::Parser {
 public:
  Parser(absl::string_view text, Expressions& owner)
      : rest_(text), owner_(owner) {}

  // The instructions; empty where the text is not understood.
  std::vector<Instruction> Parse() {
    constexpr size_t kMostOpen = 256;
    do {
      SkipSpace();
      if (absl::ConsumePrefix(&rest_, ")")) {
        if (!Close()) return {};
      } else if (!Begin() || open_.size() > kMostOpen) {
        return {};
      }
      SkipSpace();
      if (!open_.empty()) absl::ConsumePrefix(&rest_, ",");
    } while (!open_.empty());
    if (!rest_.empty()) return {};
    return std::move(code_);
  }

 private:
  struct Open {
    Operator what;
    int arguments = 0;
  };

  void SkipSpace() { rest_ = absl::StripLeadingAsciiWhitespace(rest_); }

  void Count() {
    if (!open_.empty()) ++open_.back().arguments;
  }

  bool Close() {
    if (open_.empty()) return false;
    const Open ended = open_.back();
    open_.pop_back();
    const bool takes_two = ended.what == Operator::kPower ||
                           ended.what == Operator::kFloorDivide ||
                           ended.what == Operator::kDivide ||
                           ended.what == Operator::kModulo;
    const bool takes_one =
        ended.what == Operator::kFloor || ended.what == Operator::kCeiling;
    if (ended.arguments < 1 || (takes_two && ended.arguments != 2) ||
        (takes_one && ended.arguments != 1)) {
      return false;
    }
    code_.push_back({ended.what, ended.arguments});
    Count();
    return true;
  }

  // The text up to the parenthesis that ends a call without calls in it.
  absl::string_view Inside() {
    const size_t end = rest_.find(')');
    if (end == rest_.npos) return {};
    const absl::string_view inside = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return inside;
  }

  bool Begin() {
    const size_t parenthesis = rest_.find('(');
    if (parenthesis == rest_.npos) return false;
    const absl::string_view name = rest_.substr(0, parenthesis);
    rest_.remove_prefix(parenthesis + 1);
    if (name == "Symbol") return BeginSymbol(Inside());
    if (name == "Integer") return BeginInteger(Inside());
    if (name == "Rational") return BeginRational(Inside());
    static const auto* const operators =
        new absl::flat_hash_map<absl::string_view, Operator>({
            {"Add", Operator::kAdd},
            {"Mul", Operator::kMultiply},
            {"Pow", Operator::kPower},
            {"PowByNatural", Operator::kPower},
            {"FloorDiv", Operator::kFloorDivide},
            {"CleanDiv", Operator::kDivide},
            {"IntTrueDiv", Operator::kDivide},
            {"Mod", Operator::kModulo},
            {"PythonMod", Operator::kModulo},
            {"Max", Operator::kMaximum},
            {"Min", Operator::kMinimum},
            {"FloorToInt", Operator::kFloor},
            {"floor", Operator::kFloor},
            {"CeilToInt", Operator::kCeiling},
            {"ceiling", Operator::kCeiling},
        });
    const auto found = operators->find(name);
    if (found == operators->end()) return false;
    open_.push_back({found->second});
    return true;
  }

  bool BeginSymbol(absl::string_view inside) {
    const absl::string_view name = inside.substr(0, inside.find(','));
    if (name.size() < 3 || name.front() != '\'' || name.back() != '\'') {
      return false;
    }
    for (const char c : name.substr(1, name.size() - 2)) {
      if (!absl::ascii_isalnum(c) && c != '_') return false;
    }
    code_.push_back(
        {Operator::kSymbol, 0, owner_.Symbol(name.substr(1, name.size() - 2))});
    Count();
    return true;
  }

  bool BeginInteger(absl::string_view inside) {
    Instruction integer = {Operator::kInteger};
    if (!absl::SimpleAtoi(inside, &integer.value)) return false;
    code_.push_back(integer);
    Count();
    return true;
  }

  bool BeginRational(absl::string_view inside) {
    const size_t comma = inside.find(',');
    if (comma == inside.npos) return false;
    for (absl::string_view part :
         {inside.substr(0, comma), inside.substr(comma + 1)}) {
      Instruction integer = {Operator::kInteger};
      if (!absl::SimpleAtoi(part, &integer.value)) return false;
      code_.push_back(integer);
    }
    code_.push_back({Operator::kDivide, 2});
    Count();
    return true;
  }

  absl::string_view rest_;
  Expressions& owner_;
  std::vector<Open> open_;
  std::vector<Instruction> code_;
};

int Expressions::Add(absl::string_view text) {
  const auto found = by_text_.find(text);
  if (found != by_text_.end()) return found->second;
  expressions_.push_back({Parser(text, *this).Parse()});
  by_text_.emplace(text, size() - 1);
  return size() - 1;
}

int Expressions::Symbol(absl::string_view name) {
  const auto [place, is_new] = symbol_ids_.try_emplace(
      std::string(name), static_cast<int>(symbols_.size()));
  if (is_new) symbols_.emplace_back(name);
  return place->second;
}

int Expressions::symbol(int expression) const {
  const std::vector<Instruction>& code = expressions_[expression].code;
  const bool is_one = code.size() == 1 && code[0].what == Operator::kSymbol;
  return is_one ? static_cast<int>(code[0].value) : -1;
}

int Expressions::only_symbol(int expression) const {
  int only = -1;
  for (const Instruction& step : expressions_[expression].code) {
    if (step.what != Operator::kSymbol) continue;
    const int symbol = static_cast<int>(step.value);
    if (only >= 0 && only != symbol) return -1;
    only = symbol;
  }
  return only;
}

void Expressions::MarkSymbols(int expression,
                              std::vector<bool>& symbols) const {
  for (const Instruction& step : expressions_[expression].code) {
    if (step.what == Operator::kSymbol) symbols[step.value] = true;
  }
}

std::optional<int64_t> Expressions::Solve(int expression, int symbol,
                                          int64_t value) const {
  std::vector<int64_t> at(symbols_.size(), 0);
  const auto zero = Evaluate(expression, at);
  at[symbol] = 1;
  const auto one = Evaluate(expression, at);
  if (!zero || !one || *zero == *one) return std::nullopt;
  const __int128 slope = static_cast<__int128>(*one) - *zero;
  const __int128 found = (static_cast<__int128>(value) - *zero) / slope;
  at[symbol] = static_cast<int64_t>(found);
  if (at[symbol] != found || Evaluate(expression, at) != value) {
    return std::nullopt;
  }
  return at[symbol];
}

bool Expressions::has_symbol(int expression, int symbol) const {
  for (const Instruction& step : expressions_[expression].code) {
    if (step.what == Operator::kSymbol && step.value == symbol) return true;
  }
  return false;
}

std::optional<int64_t> Expressions::Evaluate(
    int expression, absl::Span<const int64_t> values) const {
  std::vector<Rational> stack;
  for (const Instruction& step : expressions_[expression].code) {
    if (step.what == Operator::kInteger) {
      stack.push_back({step.value, 1});
      continue;
    }
    if (step.what == Operator::kSymbol) {
      stack.push_back({values[step.value], 1});
      continue;
    }
    const size_t begin = stack.size() - step.arguments;
    Result result = stack[begin];
    for (size_t i = begin + 1; result && i < stack.size(); ++i) {
      const Rational next = stack[i];
      switch (step.what) {
        case Operator::kAdd:
          result = exported_program::Add(*result, next);
          break;
        case Operator::kMultiply:
          result = Multiply(*result, next);
          break;
        case Operator::kPower:
          result = Power(*result, next);
          break;
        case Operator::kFloorDivide:
          result = FloorDivide(*result, next);
          break;
        case Operator::kDivide:
          result = Divide(*result, next);
          break;
        case Operator::kModulo:
          result = Modulo(*result, next);
          break;
        case Operator::kMaximum:
          result = IsLess(*result, next) ? next : *result;
          break;
        case Operator::kMinimum:
          result = IsLess(next, *result) ? next : *result;
          break;
        default:
          result = std::nullopt;
      }
    }
    if (result && step.what == Operator::kFloor) {
      result = Rational{Floor(*result), 1};
    }
    if (result && step.what == Operator::kCeiling) {
      const int64_t floor = Floor(*result);
      result = Rational{result->denominator == 1 ? floor : floor + 1, 1};
    }
    if (!result) return std::nullopt;
    stack.resize(begin);
    stack.push_back(*result);
  }
  if (stack.size() != 1 || stack[0].denominator != 1) return std::nullopt;
  return stack[0].numerator;
}

}  // namespace strata::exported_program
