// What it means that a run ended early.

#ifndef STRATA_PLUGINS_SOURCES_LIBTORCH_RUN_ERRORS_H_
#define STRATA_PLUGINS_SOURCES_LIBTORCH_RUN_ERRORS_H_

#include <c10/core/Device.h>

#include <exception>
#include <string>

#include "absl/status/status.h"
#include "core/model.h"

namespace strata::libtorch {

// The line of a LibTorch error that tells what happened, without its traces:
// "RuntimeError: mat1 and mat2 shapes cannot be multiplied (1x8 and 4x2)".
std::string FirstCause(const std::string& error_text);

// Forward raised this on `device`, `where` being "in 'fc' (Linear), …":
// kResourceExhausted, kUnavailable or kInternal, as Model::Run says.
absl::Status RaisedError(const std::exception& e, const std::string& where,
                         c10::Device device);

absl::Status TimeIsUpError(const RunOptions& options, const std::string& where);
absl::Status InterruptedError(const std::string& where);

}  // namespace strata::libtorch

#endif  // STRATA_PLUGINS_SOURCES_LIBTORCH_RUN_ERRORS_H_
