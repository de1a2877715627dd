// What a run of a program begins with.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_RUN_RUN_INPUTS_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_RUN_RUN_INPUTS_H_

#include <c10/core/Device.h>

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "core/model.h"
#include "plugins/sources/exported_program/program.h"
#include "plugins/sources/exported_run/executor.h"

namespace strata::exported_run {

struct RunInputs {
  std::vector<int64_t> dimensions;  // By symbol.
  std::vector<Executor::Input> inputs;
};

// Made for the sizes that the options say, or else the file; or read from the
// file that they name. Sizes among the inputs are those of the dimensions.
// Errors: as DimensionsFor, and what is wrong with a file of inputs.
absl::StatusOr<RunInputs> MakeRunInputs(
    const exported_program::Program& program, const RunOptions& options,
    c10::Device device);

}  // namespace strata::exported_run

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_RUN_RUN_INPUTS_H_
