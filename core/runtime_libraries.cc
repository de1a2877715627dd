#include "core/runtime_libraries.h"

#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "core/error.h"

namespace strata {
namespace {

namespace fs = std::filesystem;

std::string ReadFile(const fs::path& file) {
  std::ifstream stream(file);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

// The folder with the libraries under `root`, or "".
std::string LibraryFolder(const fs::path& root,
                          const std::vector<std::string>& libraries) {
  for (const char* sub :
       {"lib", "lib64", "lib/x86_64-linux-gnu", "lib/aarch64-linux-gnu", "."}) {
    std::error_code error;
    if (fs::exists(root / sub / libraries.back(), error)) {
      return (root / sub).lexically_normal();
    }
  }
  return "";
}

// "2.13.0" of "2.13.0+cpu\n" and of "__version__ = '2.13.0+cpu'".
std::string VersionIn(absl::string_view text) {
  const size_t begin = text.find_first_of("0123456789");
  if (begin == absl::string_view::npos) return "";
  text.remove_prefix(begin);
  return std::string(text.substr(0, text.find_first_not_of("0123456789.")));
}

// The version that a distribution of the runtime states, or "". The archives
// have a file build-version, Python packages a version.py, and an installed
// -dev package its header.
std::string StatedVersion(const fs::path& root) {
  std::string build = VersionIn(ReadFile(root / "build-version"));
  if (!build.empty()) return build;
  for (absl::string_view line :
       absl::StrSplit(ReadFile(root / "version.py"), '\n')) {
    if (absl::StartsWith(line, "__version__ =")) return VersionIn(line);
  }
  std::vector<std::string> parts;
  for (absl::string_view line : absl::StrSplit(
           ReadFile(root / "include/torch/headeronly/version.h"), '\n')) {
    for (const char* part : {"MAJOR", "MINOR", "PATCH"}) {
      if (absl::ConsumePrefix(
              &line, absl::StrCat("#define TORCH_VERSION_", part, " "))) {
        parts.emplace_back(line);
      }
    }
  }
  return absl::StrJoin(parts, ".");
}

// The libraries under `root`, if they are there and of the wanted version.
absl::StatusOr<std::string> Accept(const fs::path& root,
                                   const PluginRuntime& runtime) {
  const std::string folder = LibraryFolder(root, runtime.libraries);
  if (folder.empty()) {
    return absl::NotFoundError(absl::StrCat("no lib/", runtime.libraries.back(),
                                            " in ", root.string()));
  }
  const std::string version = StatedVersion(root);
  if (version != runtime.version) {
    return absl::FailedPreconditionError(absl::StrCat(
        root.string(), " has version ", version.empty() ? "unknown" : version,
        ", wanted ", runtime.version));
  }
  return folder;
}

// The folder of python3's package, "" when there is none. Does not import it.
std::string PythonPackage(const std::string& package) {
  const std::string command = absl::StrCat(
      "python3 -c \"import importlib.util as u; s = u.find_spec('", package,
      "'); print(list(s.submodule_search_locations)[0] if s else '')\" "
      "2>/dev/null");
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return "";
  std::string text;
  char buffer[512];
  while (fgets(buffer, sizeof(buffer), pipe) != nullptr) text += buffer;
  pclose(pipe);
  return std::string(absl::StripAsciiWhitespace(text));
}

}  // namespace

absl::StatusOr<std::string> FindRuntimeFolder(const PluginRuntime& runtime) {
  const char* asked = std::getenv(runtime.environment.c_str());
  if (asked != nullptr && *asked != '\0') {
    absl::StatusOr<std::string> folder = Accept(asked, runtime);
    if (folder.ok()) return folder;
    return absl::Status(
        folder.status().code(),
        absl::StrCat("the environment variable ", runtime.environment,
                     " is set, but ", folder.status().message()));
  }
  absl::StatusOr<std::string> built = Accept(runtime.folder, runtime);
  if (built.ok()) return built;
  const std::string package = PythonPackage(runtime.python_package);
  std::string python = "not installed";
  if (!package.empty()) {
    absl::StatusOr<std::string> folder = Accept(package, runtime);
    if (folder.ok()) return folder;
    python = std::string(folder.status().message());
  }
  return WithHint(
      absl::NotFoundError(absl::StrCat(
          runtime.name, " ", runtime.version,
          " was not found: ", runtime.environment,
          " is not set; where it was built: ", built.status().message(),
          "; python3's package '", runtime.python_package, "': ", python)),
      absl::StrCat("python3 -m pip install ", runtime.python_package,
                   "==", runtime.version, ", or set ", runtime.environment));
}

absl::Status LoadRuntimeLibraries(const PluginRuntime& runtime) {
  if (runtime.name.empty() || runtime.libraries.empty()) {
    return absl::OkStatus();
  }
  absl::StatusOr<std::string> folder = FindRuntimeFolder(runtime);
  if (!folder.ok()) return folder.status();
  for (const std::string& library : runtime.libraries) {
    // Loaded by its full path; the plugin's need of the same name then finds it
    // in the process. (Boost.DLL would keep a handle that nobody needs.)
    const std::string file = *folder + "/" + library;
    if (dlopen(file.c_str(), RTLD_LAZY | RTLD_LOCAL) == nullptr) {
      return absl::FailedPreconditionError(dlerror());
    }
  }
  return absl::OkStatus();
}

}  // namespace strata
