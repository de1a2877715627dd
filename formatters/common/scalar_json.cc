#include "formatters/common/scalar_json.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"

namespace strata::formatters::json {
namespace {

bool NeedsNoEscape(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c >= ' ' && c < '\x7f' && c != '"' && c != '\\';
  });
}

}  // namespace

void AppendString(absl::string_view text, std::string& out) {
  // Nearly every string; the library's printer takes ten times as long.
  if (NeedsNoEscape(text)) {
    absl::StrAppend(&out, "\"", text, "\"");
    return;
  }
  // A file's names need not be UTF-8; `replace` keeps dump() from throwing.
  out += nlohmann::ordered_json(std::string(text))
             .dump(-1, ' ', false,
                   nlohmann::ordered_json::error_handler_t::replace);
}

void AppendDouble(double value, std::string& out) {
  if (std::isfinite(value)) {
    out += nlohmann::ordered_json(value).dump();
  } else if (std::isnan(value)) {
    out += "\"NaN\"";  // As in Protobuf's mapping: JSON has no such numbers.
  } else {
    out += value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  }
}

}  // namespace strata::formatters::json
