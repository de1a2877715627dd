// Finds shared libraries that a plugin needs and that may lie anywhere.

#ifndef STRATA_CORE_RUNTIME_LIBRARIES_H_
#define STRATA_CORE_RUNTIME_LIBRARIES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/plugin_descriptor.h"

namespace strata {

// The folder that holds the runtime's libraries: of what its environment
// variable names, where they lay when the plugin was built (which was found in
// the same order), else of python3's package. The error says what was tried and
// what was found: another version is refused, for C++ objects cross.
absl::StatusOr<std::string> FindRuntimeFolder(const PluginRuntime& runtime);

// Finds and loads them, so that the plugin's own need of them is met. Does
// nothing for a plugin that names no runtime. They are never unloaded.
absl::Status LoadRuntimeLibraries(const PluginRuntime& runtime);

}  // namespace strata

#endif  // STRATA_CORE_RUNTIME_LIBRARIES_H_
