#include "core/option_values.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/error.h"

namespace strata {
namespace {

struct Type {
  absl::string_view name;
  absl::string_view expected;
};
constexpr Type kTypes[] = {{"int", "a whole number"},
                           {"real", "a number"},
                           {"bool", "true or false"},
                           {"string", "text"}};

std::string SettingText(absl::string_view plugin, absl::string_view option,
                        absl::string_view value) {
  return absl::StrCat(plugin, ".", option, "=", value);
}

const OptionSpec* FindOption(const PluginDescriptor& plugin,
                             absl::string_view name) {
  const auto found = absl::c_find_if(
      plugin.options,
      [&](const OptionSpec& spec) { return spec.name == name; });
  return found == plugin.options.end() ? nullptr : &*found;
}

// Which of the plugins the name before the dot means; of two kinds the one
// that has the option.
absl::Status CheckOne(const std::vector<const PluginDescriptor*>& plugins,
                      absl::string_view key, absl::string_view text) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(key, absl::MaxSplits('.', 1));
  const auto [name, option] = parts;
  const PluginDescriptor* named = nullptr;
  std::vector<std::string> with_options;
  for (const PluginDescriptor* plugin : plugins) {
    if (!plugin->options.empty()) with_options.push_back(plugin->name);
    if (plugin->name != name) continue;
    if (named == nullptr || !plugin->options.empty()) named = plugin;
    if (const OptionSpec* spec = FindOption(*plugin, option)) {
      absl::StatusOr<PluginOptions::Value> value =
          ParseOptionValue(*spec, text);
      if (value.ok()) return absl::OkStatus();
      return absl::InvalidArgumentError(absl::StrCat(
          SettingText(name, option, text), ": ", value.status().message()));
    }
  }
  std::sort(with_options.begin(), with_options.end());
  if (named == nullptr) {
    return WithHint(
        absl::InvalidArgumentError(absl::StrCat(SettingText(name, option, text),
                                                ": no plugin '", name, "'")),
        with_options.empty() ? "no plugin that was found has options"
                             : NearestNameHint(name, with_options));
  }
  std::vector<std::string> names;
  for (const OptionSpec& spec : named->options) names.push_back(spec.name);
  return WithHint(
      absl::InvalidArgumentError(
          absl::StrCat(SettingText(name, option, text), ": ", named->kind, " '",
                       name, "' has no option '", option, "'")),
      names.empty() ? "it has none" : NearestNameHint(option, names));
}

}  // namespace

absl::StatusOr<OptionSpec> ParseOptionSpec(absl::string_view name,
                                           absl::string_view text) {
  const std::vector<std::string> parts =
      absl::StrSplit(text, absl::MaxSplits('\t', 2));
  if (parts.size() != 3) {
    return absl::DataLossError(absl::StrCat("the descriptor's option '", name,
                                            "' has no type, default and help"));
  }
  OptionSpec spec{std::string(name), parts[0], parts[1], parts[2]};
  const bool known = absl::c_any_of(
      kTypes, [&](const Type& type) { return type.name == spec.type; });
  if (!known) {
    return absl::DataLossError(
        absl::StrCat("the descriptor's option '", name, "' is of type '",
                     spec.type, "', expected int, real, bool or string"));
  }
  const absl::Status fits = ParseOptionValue(spec, spec.default_text).status();
  if (!fits.ok()) {
    return absl::DataLossError(
        absl::StrCat("the default of the descriptor's option '", name, "' is '",
                     spec.default_text, "': ", fits.message()));
  }
  return spec;
}

absl::StatusOr<PluginOptions::Value> ParseOptionValue(const OptionSpec& spec,
                                                      absl::string_view text) {
  int64_t whole = 0;
  double real = 0;
  bool truth = false;
  if (spec.type == "string") return PluginOptions::Value(std::string(text));
  if (spec.type == "int" && absl::SimpleAtoi(text, &whole)) {
    return PluginOptions::Value(whole);
  }
  if (spec.type == "real" && absl::SimpleAtod(text, &real) &&
      std::isfinite(real)) {
    return PluginOptions::Value(real);
  }
  if (spec.type == "bool" && absl::SimpleAtob(text, &truth)) {
    return PluginOptions::Value(truth);
  }
  for (const Type& type : kTypes) {
    if (type.name != spec.type) continue;
    return absl::InvalidArgumentError(absl::StrCat("expected ", type.expected));
  }
  return absl::InvalidArgumentError("an option without a type");
}

absl::StatusOr<PluginOptions> OptionsOf(const PluginDescriptor& plugin,
                                        const OptionTexts& texts) {
  PluginOptions options;
  for (const OptionSpec& spec : plugin.options) {
    const auto set = texts.find(absl::StrCat(plugin.name, ".", spec.name));
    absl::StatusOr<PluginOptions::Value> value = ParseOptionValue(
        spec, set == texts.end() ? spec.default_text : set->second);
    if (!value.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(SettingText(plugin.name, spec.name, set->second), ": ",
                       value.status().message()));
    }
    options.Set(spec.name, *std::move(value));
  }
  return options;
}

absl::Status CheckOptionTexts(
    const std::vector<const PluginDescriptor*>& plugins,
    const OptionTexts& texts) {
  for (const auto& [key, text] : texts) {
    absl::Status fits = CheckOne(plugins, key, text);
    if (!fits.ok()) return fits;
  }
  return absl::OkStatus();
}

}  // namespace strata
