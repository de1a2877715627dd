// A program's parameters, buffers and constants, from its archive.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_RUN_WEIGHTS_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_RUN_WEIGHTS_H_

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <vector>

#include "absl/status/statusor.h"
#include "plugins/sources/exported_program/program.h"
#include "plugins/sources/exported_run/archived_run.h"

namespace strata::exported_run {

// By Program::stored. Those in one record share its memory. Errors name the
// tensor.
absl::StatusOr<std::vector<at::Tensor>> LoadWeights(
    const exported_program::Program& program, const ReadRecord& read,
    c10::Device device);

}  // namespace strata::exported_run

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_RUN_WEIGHTS_H_
