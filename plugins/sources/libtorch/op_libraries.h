// Operators of others, which a model's code calls.

#ifndef STRATA_PLUGINS_SOURCES_LIBTORCH_OP_LIBRARIES_H_
#define STRATA_PLUGINS_SOURCES_LIBTORCH_OP_LIBRARIES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace strata::libtorch {

// Loads shared libraries that register operators (TORCH_LIBRARY) with LibTorch,
// as torch.ops.load_library does; for as long as the process lives. Errors name
// the file: kNotFound where there is none, kDataLoss with the dynamic linker's
// words where it cannot be loaded.
absl::Status LoadOpLibraries(const std::vector<std::string>& files);

}  // namespace strata::libtorch

#endif  // STRATA_PLUGINS_SOURCES_LIBTORCH_OP_LIBRARIES_H_
