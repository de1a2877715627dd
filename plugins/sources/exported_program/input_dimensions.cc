#include "plugins/sources/exported_program/input_dimensions.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/error.h"
#include "core/printable.h"

namespace strata::exported_program {
namespace {

std::string SizesText(const InputSpec& input) {
  return absl::StrCat(ShapeText(input.shape), ":", DTypeName(input.dtype));
}

std::string RangeText(const Dimension& dimension) {
  if (dimension.max == std::numeric_limits<int64_t>::max()) {
    return absl::StrCat(dimension.min, " or more");
  }
  return absl::StrCat(dimension.min, " to ", dimension.max);
}

absl::Status MatchInput(const Program& program, size_t number,
                        const InputSpec& given,
                        std::vector<std::optional<int64_t>>& sizes) {
  const Value& value = program.values[program.user_inputs[number]];
  const auto wrong = [&](absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat(
        "input ", number + 1, " is ", SizesText(given), ", and ", why));
  };
  if (value.dtype != given.dtype) {
    return wrong(
        absl::StrCat("the model was exported for ", DTypeName(value.dtype)));
  }
  if (value.sizes.size() != given.shape.size()) {
    return wrong(absl::StrCat("the model was exported for ", value.sizes.size(),
                              " dimensions"));
  }
  for (uint32_t i = 0; i < value.sizes.size(); ++i) {
    const Size& size = program.sizes[value.sizes.begin + i];
    const int64_t wanted = given.shape[i];
    if (size.expression == kNone) {
      if (size.hint == wanted) continue;
      return wrong(absl::StrCat("the model was exported for the fixed size ",
                                size.hint, " in its dimension ", i));
    }
    const int symbol = program.expressions.symbol(size.expression);
    if (symbol < 0) continue;  // Of several symbols: checked in the end.
    std::optional<int64_t>& known = sizes[symbol];
    if (known && *known != wanted) {
      return wrong(absl::StrCat("its dimension ", i, " must be ", *known,
                                " as another is"));
    }
    known = wanted;
  }
  return absl::OkStatus();
}

// A size such as 2*s6 says what s6 is where nothing else does.
absl::Status MatchInputs(const Program& program, const RunOptions& options,
                         std::vector<std::optional<int64_t>>& sizes) {
  if (options.inputs.size() != program.user_inputs.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("its forward takes ", program.user_inputs.size(),
                     program.user_inputs.size() == 1 ? " tensor" : " tensors",
                     ", and ", options.inputs.size(), " sizes were given"));
  }
  for (size_t i = 0; i < options.inputs.size(); ++i) {
    absl::Status matched = MatchInput(program, i, options.inputs[i], sizes);
    if (!matched.ok()) return matched;
  }
  for (size_t i = 0; i < options.inputs.size(); ++i) {
    const Value& value = program.values[program.user_inputs[i]];
    for (uint32_t j = 0; j < value.sizes.size(); ++j) {
      const Size& size = program.sizes[value.sizes.begin + j];
      if (size.expression == kNone) continue;
      int open = -1;
      std::vector<int64_t> at(sizes.size(), 0);
      for (size_t symbol = 0; symbol < sizes.size(); ++symbol) {
        if (!program.expressions.has_symbol(size.expression,
                                            static_cast<int>(symbol))) {
          continue;
        }
        if (sizes[symbol]) {
          at[symbol] = *sizes[symbol];
        } else {
          open = open == -1 ? static_cast<int>(symbol) : -2;
        }
      }
      if (open < 0) continue;
      // Linear in it, or left to its hint.
      const auto zero = program.expressions.Evaluate(size.expression, at);
      at[open] = 1;
      const auto one = program.expressions.Evaluate(size.expression, at);
      if (!zero || !one || *one == *zero) continue;
      __int128 difference = options.inputs[i].shape[j];
      difference -= *zero;
      const __int128 slope = static_cast<__int128>(*one) - *zero;
      sizes[open] = static_cast<int64_t>(difference / slope);
    }
  }
  return absl::OkStatus();
}

absl::Status CheckInputs(const Program& program, const RunOptions& options,
                         const std::vector<int64_t>& sizes) {
  for (size_t i = 0; i < options.inputs.size(); ++i) {
    const Value& value = program.values[program.user_inputs[i]];
    for (uint32_t j = 0; j < value.sizes.size(); ++j) {
      const Size& size = program.sizes[value.sizes.begin + j];
      if (size.expression == kNone) continue;
      const auto is = program.expressions.Evaluate(size.expression, sizes);
      if (is && *is == options.inputs[i].shape[j]) continue;
      return absl::InvalidArgumentError(absl::StrCat(
          "input ", i + 1, " is ", SizesText(options.inputs[i]),
          ", and its dimension ", j, " does not fit the others",
          is ? absl::StrCat(": it would be ", *is) : std::string()));
    }
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<strata::Dimension> OpenDimensions(const Program& program) {
  std::vector<strata::Dimension> dimensions;
  for (const Dimension& from : program.dimensions) {
    if (!from.is_open) continue;
    dimensions.push_back({program.expressions.symbols()[from.symbol], from.hint,
                          from.min, from.max});
  }
  return dimensions;
}

absl::StatusOr<std::vector<int64_t>> DimensionsFor(const Program& program,
                                                   const RunOptions& options) {
  const std::vector<std::string>& symbols = program.expressions.symbols();
  std::vector<std::optional<int64_t>> sizes(symbols.size());
  for (const auto& [name, size] : options.dimensions) {
    const auto found = std::find(symbols.begin(), symbols.end(), name);
    if (found == symbols.end()) {
      return WithHint(absl::InvalidArgumentError(absl::StrCat(
                          "it has no open dimension '", name, "'")),
                      NearestNameHint(name, symbols));
    }
    sizes[found - symbols.begin()] = size;
  }
  if (!options.inputs.empty()) {
    absl::Status matched = MatchInputs(program, options, sizes);
    if (!matched.ok()) return matched;
  }
  std::vector<int64_t> chosen(symbols.size(), 0);
  for (const Dimension& dimension : program.dimensions) {
    const int64_t size = sizes[dimension.symbol].value_or(dimension.hint);
    // What the file itself says is not doubted.
    if (size < 0 || (size != dimension.hint &&
                     (size < dimension.min || size > dimension.max))) {
      return absl::OutOfRangeError(absl::StrCat(
          "the dimension ", Printable(symbols[dimension.symbol], true), " is ",
          size, ", and the model was exported for ", RangeText(dimension)));
    }
    chosen[dimension.symbol] = size;
  }
  if (!options.inputs.empty()) {
    absl::Status fit = CheckInputs(program, options, chosen);
    if (!fit.ok()) return fit;
  }
  return chosen;
}

}  // namespace strata::exported_program
