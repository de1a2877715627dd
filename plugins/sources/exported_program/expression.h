// Sizes that are not known before a run: integer expressions over symbols.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_EXPRESSION_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_EXPRESSION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace strata::exported_program {

// All expressions of one program, each text once. They are written as sympy's
// srepr writes them: "Mul(Integer(2), Symbol('s77', positive=True))".
class Expressions {
 public:
  // The number of the expression; always the same for one text. One that is
  // not understood has a number, too: it has no value but its hint.
  int Add(absl::string_view text);

  int size() const { return static_cast<int>(expressions_.size()); }
  bool is_understood(int expression) const {
    return !expressions_[expression].code.empty();
  }
  // The symbols by their first appearance.
  const std::vector<std::string>& symbols() const { return symbols_; }
  // The symbol that the expression consists of, -1 for another expression.
  int symbol(int expression) const;
  // The one symbol that is in it, -1 where there are none or several.
  int only_symbol(int expression) const;
  bool has_symbol(int expression, int symbol) const;
  // Sets those of `symbols` that are in it.
  void MarkSymbols(int expression, std::vector<bool>& symbols) const;
  // What the symbol must be for the expression, which has no other and is
  // linear in it, to have this value.
  std::optional<int64_t> Solve(int expression, int symbol, int64_t value) const;

  // The value where symbols()[i] is values[i]. Nothing: it is not understood,
  // it is no integer, or something overflows.
  std::optional<int64_t> Evaluate(int expression,
                                  absl::Span<const int64_t> values) const;

 private:
  enum class Operator : uint8_t {
    kInteger,  // `value`
    kSymbol,   // symbols_[value]
    kAdd,      // Of the last `arguments` results, as those that follow.
    kMultiply,
    kPower,
    kFloorDivide,
    kDivide,
    kModulo,
    kMaximum,
    kMinimum,
    kFloor,
    kCeiling,
  };
  // Reverse Polish notation, so that no depth overflows a stack.
  struct Instruction {
    Operator what;
    int arguments = 0;
    int64_t value = 0;
  };
  struct Expression {
    std::vector<Instruction> code;
  };
  class Parser;

  int Symbol(absl::string_view name);

  std::vector<Expression> expressions_;
  std::vector<std::string> symbols_;
  absl::flat_hash_map<std::string, int> by_text_;
  absl::flat_hash_map<std::string, int> symbol_ids_;
};

}  // namespace strata::exported_program

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_EXPRESSION_H_
