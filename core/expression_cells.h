// Expressions in open sizes, as the cells of a row show them.

#ifndef STRATA_CORE_EXPRESSION_CELLS_H_
#define STRATA_CORE_EXPRESSION_CELLS_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "core/summary.pb.h"

namespace strata {

// "4.09e9·s77 + 12": coefficients of seven digits and more are rounded to
// three, and of more than three terms the rest is "…". What is no polynomial is
// `here`, the figure itself, with a question mark. Bytes have their unit: " B".
std::string ExpressionCell(const Polynomial& expression,
                           const std::string& here, bool is_bytes = false);

// "2·s77²" for "2*s77^2". What cannot stand in an expression becomes '?', so
// that the text is safe in any format.
std::string ExpressionText(absl::string_view expression);

// The same in ASCII: "2*s77^2".
std::string AsciiExpression(absl::string_view cell);

}  // namespace strata

#endif  // STRATA_CORE_EXPRESSION_CELLS_H_
