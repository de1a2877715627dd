#include "python/extension/status_error.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/error.h"

namespace strata::python {
namespace {

std::string TextOf(const absl::Status& status) {
  const std::string hint = ErrorHint(status);
  return absl::StrCat(status.message(), hint.empty() ? "" : "\n  ", hint);
}

}  // namespace

StatusError::StatusError(absl::Status status)
    : status_(std::move(status)), text_(TextOf(status_)) {}

}  // namespace strata::python
