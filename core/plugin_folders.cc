#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_split.h"
#include "core/plugin_host.h"

namespace strata {

namespace fs = std::filesystem;

std::vector<std::string> PluginFolders(absl::string_view flag) {
  std::vector<std::string> folders;
  const char* environment = std::getenv("STRATA_PLUGIN_PATH");
  for (absl::string_view list :
       {flag, absl::string_view(environment == nullptr ? "" : environment)}) {
    for (absl::string_view folder :
         absl::StrSplit(list, ':', absl::SkipWhitespace())) {
      folders.emplace_back(folder);
    }
  }
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    folders.push_back(program.parent_path() / "plugins");
    folders.push_back(program.parent_path().parent_path() /
                      "lib/strata/plugins");
  }
  return folders;
}

}  // namespace strata
