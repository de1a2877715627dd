// The sizes that a program leaves open, for the inputs of a run.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_INPUT_DIMENSIONS_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_INPUT_DIMENSIONS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "core/model.h"
#include "plugins/sources/exported_program/program.h"

namespace strata::exported_program {

// As Model::dimensions says.
std::vector<strata::Dimension> OpenDimensions(const Program& program);

// By symbol: the size that the options say, or else that of the file. Errors:
// kInvalidArgument, where the inputs are not such as the model was exported
// for; kOutOfRange, where a size is not one that its dimension may have.
absl::StatusOr<std::vector<int64_t>> DimensionsFor(const Program& program,
                                                   const RunOptions& options);

}  // namespace strata::exported_program

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_INPUT_DIMENSIONS_H_
