// Loads a TorchScript archive without its tensors' bytes.

#ifndef STRATA_PLUGINS_SOURCES_TORCHSCRIPT_SHAPE_LOADER_H_
#define STRATA_PLUGINS_SOURCES_TORCHSCRIPT_SHAPE_LOADER_H_

#include <torch/csrc/jit/api/module.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/phases.h"

namespace strata::torchscript {

struct ShapeModule {
  torch::jit::Module module;
  std::vector<std::string> warnings;
};

// The module of a file, with meta tensors in place of all but single numbers:
// code, structure and constants are read, the records of tensors (`*/data/*`,
// `*/constants/*`) are not. Their bytes need not even be there: a warning says
// where they are not. Errors (without the file's name): kDataLoss where the
// directory or a member that is read is damaged; kFailedPrecondition where only
// LibTorch's own loader can tell, or can do it. Raises what LibTorch raises.
absl::StatusOr<ShapeModule> LoadShapes(const std::string& file, Phases* phases);

}  // namespace strata::torchscript

#endif  // STRATA_PLUGINS_SOURCES_TORCHSCRIPT_SHAPE_LOADER_H_
