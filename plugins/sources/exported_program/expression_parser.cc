// Of Expressions: how sympy's text becomes instructions.

#include <cstddef>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "plugins/sources/exported_program/expression.h"

namespace strata::exported_program {

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

}  // namespace strata::exported_program
