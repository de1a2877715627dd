#include "tools/configure.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/error.h"

namespace strata::tools {
namespace {

// Whether the command line says it already. Formats and outputs are pairs: who
// gives the one means to say both.
bool IsSaid(const Options& options, const std::string& name) {
  const auto is_given = [&](absl::string_view other) {
    return absl::c_linear_search(options.given, other);
  };
  if (name == "format" || name == "output") {
    return is_given("format") || is_given("output");
  }
  return is_given(name) || is_given(absl::StrCat("no", name));
}

absl::Status Apply(const SavedConfig& config, Options& options,
                   const std::function<absl::Status(const ConfigEntry&)>& set) {
  OptionTexts settings;
  for (const ConfigEntry& entry : config.entries) {
    absl::Status done;
    if (entry.name == "set") {
      done = AddSetting(entry.text, settings);
    } else if (!IsSaid(options, entry.name)) {
      done = set(entry);
      options.configured[entry.name] = PlaceOf(config, entry);
    }
    if (!done.ok()) {
      return WithHint(absl::InvalidArgumentError(absl::StrCat(
                          PlaceOf(config, entry), ": ", done.message())),
                      ErrorHint(done));
    }
  }
  // Those of the command line stay.
  options.settings.insert(settings.begin(), settings.end());
  return absl::OkStatus();
}

}  // namespace

bool Options::has(absl::string_view name) const {
  return absl::c_linear_search(given, name) ||
         configured.find(name) != configured.end();
}

absl::Status AddSetting(const std::string& text, OptionTexts& settings) {
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(text, absl::MaxSplits('=', 1));
  const size_t dot = parts.first.find('.');
  if (parts.first.size() == text.size() || dot == 0 || dot == text.npos ||
      dot + 1 == parts.first.size()) {
    return WithHint(absl::InvalidArgumentError(absl::StrCat(
                        "--set=", text, ": expected PLUGIN.OPTION=VALUE")),
                    "strata plugins --verbose lists the options of plugins");
  }
  settings.insert_or_assign(parts.first, parts.second);
  return absl::OkStatus();
}

absl::Status Configure(
    Options& options,
    const std::function<absl::Status(const ConfigEntry&)>& set) {
  if (!absl::c_linear_search(options.given, "config")) {
    const FoundConfig found = FindConfig();
    if (!found.refused.empty()) {
      options.config_refused =
          absl::StrCat(found.file, " is not used: ", found.refused);
      return absl::OkStatus();
    }
    options.config = found.file;
  }
  if (options.config.empty()) return absl::OkStatus();
  absl::StatusOr<SavedConfig> config = ReadConfig(options.config);
  return config.ok() ? Apply(*config, options, set) : config.status();
}

absl::Status WithPlace(const Options& options, const absl::Status& error) {
  for (const auto& [name, place] : options.configured) {
    if (!absl::StartsWith(error.message(), absl::StrCat("--", name))) continue;
    return WithHint(
        absl::InvalidArgumentError(absl::StrCat(place, ": ", error.message())),
        ErrorHint(error));
  }
  return error;
}

}  // namespace strata::tools
