// Inputs that are made from sizes.

#ifndef STRATA_PLUGINS_SOURCES_LIBTORCH_MADE_INPUTS_H_
#define STRATA_PLUGINS_SOURCES_LIBTORCH_MADE_INPUTS_H_

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include "absl/status/statusor.h"
#include "core/model.h"

namespace strata::libtorch {

// Of a run: the same values each time, and the process's own random numbers are
// left alone.
at::Generator InputGenerator();

// As InputSpec says, on the CPU; with `shapes_only` on meta.
absl::StatusOr<at::Tensor> MakeInput(const InputSpec& spec,
                                     const at::Generator& generator,
                                     bool shapes_only);

}  // namespace strata::libtorch

#endif  // STRATA_PLUGINS_SOURCES_LIBTORCH_MADE_INPUTS_H_
