// Inputs that a user saved.

#ifndef STRATA_PLUGINS_SOURCES_LIBTORCH_SAVED_INPUTS_H_
#define STRATA_PLUGINS_SOURCES_LIBTORCH_SAVED_INPUTS_H_

#include <ATen/core/ivalue.h>

#include <string>

#include "absl/status/statusor.h"

namespace strata::libtorch {

// What torch.save wrote; tensors of any device come to the CPU. Errors name the
// file.
absl::StatusOr<c10::IValue> ReadInputs(const std::string& file);

}  // namespace strata::libtorch

#endif  // STRATA_PLUGINS_SOURCES_LIBTORCH_SAVED_INPUTS_H_
