// strata new-plugin KIND NAME: a folder that builds and keeps all rules.

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "core/error.h"
#include "tools/commands.h"
#include "tools/output.h"
#include "tools/plugin_templates.h"

namespace strata::tools {
namespace {

namespace fs = std::filesystem;

// "lab_memory" is the class LabMemory.
std::string ClassName(const std::string& name) {
  std::string made;
  for (absl::string_view word : absl::StrSplit(name, '_', absl::SkipEmpty())) {
    absl::StrAppend(&made, std::string(1, absl::ascii_toupper(word[0])),
                    word.substr(1));
  }
  return made;
}

absl::Status CheckName(const std::string& name) {
  bool fits = !name.empty() && absl::ascii_islower(name[0]);
  for (char c : name) {
    fits &= absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
  }
  if (fits) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "'", name, "' is no name for a plugin: expected lower-case letters, ",
      "digits and _, a letter first"));
}

absl::Status WriteFile(const std::string& file, const std::string& text) {
  absl::StatusOr<std::unique_ptr<Output>> output = Output::Open(file);
  if (!output.ok()) return output.status();
  (*output)->Write(text);
  return (*output)->Commit();
}

}  // namespace

absl::Status RunNewPlugin(const Options& options, const std::string& kind,
                          const std::string& name) {
  const std::vector<TemplateFile> files = PluginTemplate(kind);
  if (files.empty()) {
    return WithHint(WrongCommandLine(absl::InvalidArgumentError(
                        absl::StrCat("no kind of plugin '", kind, "'"))),
                    NearestNameHint(kind, {"metric", "formatter", "source"}));
  }
  const absl::Status named = CheckName(name);
  if (!named.ok()) return WrongCommandLine(named);
  const fs::path folder = options.output.empty() ? name : options.output;
  std::error_code error;
  if (fs::exists(folder, error) && !fs::is_empty(folder, error)) {
    return MakeError(absl::StatusCode::kAlreadyExists, "cannot make a plugin",
                     folder.string(), "the folder is there and not empty");
  }
  fs::create_directories(folder, error);
  if (error) {
    return MakeError(absl::StatusCode::kUnavailable, "cannot make a plugin",
                     folder.string(), error.message());
  }
  const std::string class_name = ClassName(name);
  std::string made;
  for (const TemplateFile& file : files) {
    const auto fill_in = [&](const char* text) {
      return absl::StrReplaceAll(text,
                                 {{"@NAME@", name}, {"@CLASS@", class_name}});
    };
    const std::string path = folder / fill_in(file.name);
    absl::Status written = WriteFile(path, fill_in(file.text));
    if (!written.ok()) return written;
    absl::StrAppend(&made, path, "\n");
  }
  absl::StatusOr<std::unique_ptr<Output>> output = Output::Open("");
  if (!output.ok()) return output.status();
  (*output)->Write(made);
  return (*output)->Commit();
}

}  // namespace strata::tools
