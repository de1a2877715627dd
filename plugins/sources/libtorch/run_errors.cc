#include "plugins/sources/libtorch/run_errors.h"

#include <c10/util/Exception.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "core/error.h"

namespace strata::libtorch {
namespace {

bool IsOutOfMemory(const std::exception& e) {
  return dynamic_cast<const c10::OutOfMemoryError*>(&e) != nullptr ||
         absl::StrContains(e.what(), "can't allocate memory: you tried") ||
         absl::StrContains(e.what(), "CUDA out of memory");
}

bool IsOfDevice(const std::exception& e) {
  return absl::StrContains(e.what(), "CUDA error") ||
         absl::StrContains(e.what(), "AcceleratorError");
}

}  // namespace

std::string FirstCause(const std::string& error_text) {
  // The interpreter puts a traceback before the cause, and c10::Error a C++
  // trace behind it.
  std::string cause;
  for (absl::string_view line : absl::StrSplit(error_text, '\n')) {
    const bool is_indented = absl::StartsWith(line, " ");  // Somebody's code.
    line = absl::StripAsciiWhitespace(line);
    if (absl::StartsWith(line, "Exception raised from")) break;
    if (!is_indented && absl::StrContains(line, "Error: ")) {
      return std::string(line);
    }
    if (cause.empty() && !line.empty()) cause = std::string(line);
  }
  return cause;
}

absl::Status RaisedError(const std::exception& e, const std::string& where,
                         c10::Device device) {
  const std::string cause = FirstCause(e.what());
  absl::Status error =
      absl::InternalError(absl::StrCat("forward raised ", where, ": ", cause));
  if (IsOutOfMemory(e)) {
    error = absl::ResourceExhaustedError(absl::StrCat(
        "out of memory on ", device.str(), " ", where, ": ", cause));
  } else if (IsOfDevice(e)) {
    error = absl::UnavailableError(absl::StrCat(
        "the device '", device.str(), "' failed ", where, ": ", cause));
  }
  return WithDetail(error, e.what());
}

absl::Status TimeIsUpError(const RunOptions& options,
                           const std::string& where) {
  return absl::DeadlineExceededError(
      absl::StrCat("it was not done after ",
                   absl::FormatDuration(options.timeout), ", and was ", where));
}

absl::Status InterruptedError(const std::string& where) {
  return absl::CancelledError(absl::StrCat("it was interrupted ", where));
}

}  // namespace strata::libtorch
