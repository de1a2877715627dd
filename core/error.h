// How errors read: `WHAT (FILE): WHY`, then what to do about it.

#ifndef STRATA_CORE_ERROR_H_
#define STRATA_CORE_ERROR_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace strata {

// "WHAT (FILE): WHY"; `file` may be empty.
absl::Status MakeError(absl::StatusCode code, absl::string_view what,
                       absl::string_view file, absl::string_view why);

// The same error with a line that says what to do.
absl::Status WithHint(absl::Status status, absl::string_view hint);
// The same error with a longer text for `--verbose` (a stack trace).
absl::Status WithDetail(absl::Status status, absl::string_view detail);

// What WithHint and WithDetail added; empty when there is none.
std::string ErrorHint(const absl::Status& status);
std::string ErrorDetail(const absl::Status& status);

// "did you mean 'params'?" when a name is near, then all of them. For hints.
std::string NearestNameHint(absl::string_view name,
                            const std::vector<std::string>& names);

}  // namespace strata

#endif  // STRATA_CORE_ERROR_H_
