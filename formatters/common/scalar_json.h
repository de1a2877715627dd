// Strings and real numbers as JSON text.

#ifndef STRATA_FORMATTERS_COMMON_SCALAR_JSON_H_
#define STRATA_FORMATTERS_COMMON_SCALAR_JSON_H_

#include <string>

#include "absl/strings/string_view.h"

namespace strata::formatters::json {

// In quotes, escaped; what is no UTF-8 becomes U+FFFD.
void AppendString(absl::string_view text, std::string& out);

// The shortest digits that read back as the same number.
void AppendDouble(double value, std::string& out);

}  // namespace strata::formatters::json

#endif  // STRATA_FORMATTERS_COMMON_SCALAR_JSON_H_
