#include "plugins/sources/exported_program/expression.h"

#include "plugins/sources/exported_program/rational.h"

namespace strata::exported_program {

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
    std::optional<Rational> result = stack[begin];
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
