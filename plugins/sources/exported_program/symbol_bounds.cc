#include "plugins/sources/exported_program/symbol_bounds.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/printable.h"

namespace strata::exported_program {

void AddDimensions(const SymbolBounds& bounds, Program& program) {
  const Expressions& expressions = program.expressions;
  const std::vector<std::string>& symbols = expressions.symbols();
  std::vector<std::optional<int64_t>> hints(symbols.size());
  std::vector<bool> is_open(symbols.size(), false);
  std::vector<bool> seen(expressions.size(), false);
  for (const Value& value : program.values) {
    for (uint32_t i = value.sizes.begin; i < value.sizes.end; ++i) {
      const Size& size = program.sizes[i];
      if (size.expression == kNone || seen[size.expression]) continue;
      seen[size.expression] = true;
      const int symbol = expressions.only_symbol(size.expression);
      if (symbol >= 0 && size.has_hint && !hints[symbol]) {
        hints[symbol] = expressions.Solve(size.expression, symbol, size.hint);
      }
      if (!value.is_tensor) continue;
      expressions.MarkSymbols(size.expression, is_open);
    }
  }
  for (int i = 0; i < static_cast<int>(symbols.size()); ++i) {
    Dimension dimension;
    dimension.symbol = i;
    dimension.is_open = is_open[i];
    const auto found = bounds.find(symbols[i]);
    if (found != bounds.end()) {
      dimension.min = std::max<int64_t>(0, found->second.min);
      dimension.max = std::max(dimension.min, found->second.max);
    }
    dimension.hint = hints[i].value_or(
        std::min(std::max<int64_t>(dimension.min, 2), dimension.max));
    // What runs finds out.
    if (!hints[i] && is_open[i] && !program.is_for_run) {
      program.warnings.push_back(absl::StrCat(
          "the file does not say how large a size is that depends on the "
          "data: figures are for ",
          Printable(symbols[i], true), "=", dimension.hint,
          ", and --dim gives those for another"));
    }
    program.dimensions.push_back(dimension);
  }
}

}  // namespace strata::exported_program
