// An absl::Status as an exception.

#ifndef STRATA_PYTHON_EXTENSION_STATUS_ERROR_H_
#define STRATA_PYTHON_EXTENSION_STATUS_ERROR_H_

#include <exception>
#include <string>

#include "absl/status/status.h"

namespace strata::python {

// Becomes a strata.Error.
class StatusError : public std::exception {
 public:
  explicit StatusError(absl::Status status);
  const char* what() const noexcept override { return text_.c_str(); }
  const absl::Status& status() const { return status_; }

 private:
  absl::Status status_;
  std::string text_;
};

}  // namespace strata::python

#endif  // STRATA_PYTHON_EXTENSION_STATUS_ERROR_H_
