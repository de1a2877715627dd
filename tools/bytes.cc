#include "tools/bytes.h"

#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"

namespace strata::tools {
namespace {

struct Unit {
  absl::string_view name;
  int64_t bytes;
};

constexpr int64_t kTera = 1000000000000;

constexpr Unit kUnits[] = {
    {"", 1},
    {"b", 1},
    {"kb", 1000},
    {"mb", 1000000},
    {"gb", 1000000000},
    {"tb", kTera},
    {"kib", int64_t{1} << 10},
    {"mib", int64_t{1} << 20},
    {"gib", int64_t{1} << 30},
    {"tib", int64_t{1} << 40},
};

}  // namespace

std::optional<int64_t> ParseBytes(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  size_t digits = 0;
  while (digits < text.size() &&
         (absl::ascii_isdigit(text[digits]) || text[digits] == '.')) {
    ++digits;
  }
  const absl::string_view number = text.substr(0, digits);
  const absl::string_view unit =
      absl::StripAsciiWhitespace(text.substr(digits));
  for (const Unit& known : kUnits) {
    if (!absl::EqualsIgnoreCase(unit, known.name)) continue;
    int64_t whole = 0;
    if (absl::SimpleAtoi(number, &whole)) {
      int64_t bytes = 0;
      if (__builtin_mul_overflow(whole, known.bytes, &bytes)) return {};
      return bytes;
    }
    double parts = 0;
    if (!absl::SimpleAtod(number, &parts)) return std::nullopt;
    parts *= static_cast<double>(known.bytes);
    constexpr double kTooMany = 9223372036854775808.0;  // 2^63
    if (!(parts >= 0 && parts < kTooMany)) return std::nullopt;
    return static_cast<int64_t>(parts);
  }
  return std::nullopt;
}

}  // namespace strata::tools
