#include "core/expression_cells.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "core/columns.h"

namespace strata {
namespace {

std::string CoefficientText(uint64_t size) {
  constexpr uint64_t kExact = 10000000;
  if (size < kExact) return WithCommas(static_cast<int64_t>(size));
  int exponent = static_cast<int>(std::floor(std::log10(size)));
  double mantissa = static_cast<double>(size) / std::pow(10.0, exponent);
  if (mantissa >= 9.995) mantissa /= 10, ++exponent;
  return absl::StrFormat("%.2fe%d", mantissa, exponent);
}

}  // namespace

std::string ExpressionCell(const Polynomial& expression,
                           const std::string& here, bool is_bytes) {
  constexpr int kMostTerms = 3;
  if (expression.not_polynomial()) return absl::StrCat(here, "?");
  std::string text;
  for (int i = 0; i < std::min(expression.terms_size(), kMostTerms); ++i) {
    const Polynomial::Term& term = expression.terms(i);
    const bool is_negative = term.coefficient() < 0;
    const uint64_t size =
        is_negative ? uint64_t{0} - static_cast<uint64_t>(term.coefficient())
                    : static_cast<uint64_t>(term.coefficient());
    if (i > 0 || is_negative) {
      absl::StrAppend(&text, i > 0 ? " " : "", is_negative ? "-" : "+",
                      i > 0 ? " " : "");
    }
    std::vector<std::pair<std::string, int>> powers(term.powers().begin(),
                                                    term.powers().end());
    std::sort(powers.begin(), powers.end());
    std::string product;
    if (size != 1 || powers.empty()) product = CoefficientText(size);
    for (const auto& [name, power] : powers) {
      absl::StrAppend(
          &product, product.empty() ? "" : "·",
          ExpressionText(power == 1 ? name : absl::StrCat(name, "^", power)));
    }
    text += product;
  }
  if (expression.terms_size() > kMostTerms) text += " + …";
  if (text.empty()) text = "0";
  return is_bytes ? text + " B" : text;
}

std::string ExpressionText(absl::string_view expression) {
  std::string text;
  for (size_t i = 0; i < expression.size(); ++i) {
    const char c = expression[i];
    const bool ends_here =
        i + 2 >= expression.size() || !absl::ascii_isdigit(expression[i + 2]);
    if (c == '*') {
      text += "·";
    } else if (c == '^' && i + 1 < expression.size() && ends_here &&
               (expression[i + 1] == '2' || expression[i + 1] == '3')) {
      text += expression[++i] == '2' ? "²" : "³";
    } else if (absl::ascii_isalnum(c) || c == '_' || c == ' ' || c == '+' ||
               c == '-' || c == '^' || c == '?') {
      text += c;
    } else {
      text += '?';
    }
  }
  return text;
}

std::string AsciiExpression(absl::string_view cell) {
  return absl::StrReplaceAll(
      cell, {{"·", "*"}, {"²", "^2"}, {"³", "^3"}, {"…", "..."}});
}

}  // namespace strata
