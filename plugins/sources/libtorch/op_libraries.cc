#include "plugins/sources/libtorch/op_libraries.h"

#include <dlfcn.h>

#include <exception>
#include <filesystem>

#include "absl/strings/string_view.h"
#include "core/error.h"

namespace strata::libtorch {
namespace {

constexpr absl::string_view kWhat = "cannot load operators";

absl::Status LoadOne(const std::string& file) {
  std::error_code error;
  // By its full name: a bare one would be looked for where the linker looks.
  const std::filesystem::path path = std::filesystem::absolute(file, error);
  if (error || !std::filesystem::is_regular_file(path, error)) {
    return MakeError(absl::StatusCode::kNotFound, kWhat, file, "no such file");
  }
  try {
    if (dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL) != nullptr) {
      return absl::OkStatus();
    }
    return WithHint(
        MakeError(absl::StatusCode::kDataLoss, kWhat, file, dlerror()),
        "expected a shared library that was built against the LibTorch of "
        "strata --version, and registers operators with TORCH_LIBRARY");
  } catch (const std::exception& e) {  // Its operators are there already, say.
    return MakeError(absl::StatusCode::kDataLoss, kWhat, file, e.what());
  }
}

}  // namespace

absl::Status LoadOpLibraries(const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    const absl::Status loaded = LoadOne(file);
    if (!loaded.ok()) return loaded;
  }
  return absl::OkStatus();
}

}  // namespace strata::libtorch
