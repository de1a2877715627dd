// Options of plugins: from what the user wrote to what a plugin is made with.

#ifndef STRATA_CORE_OPTION_VALUES_H_
#define STRATA_CORE_OPTION_VALUES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/plugin_descriptor.h"
#include "core/plugin_options.h"

namespace strata {

// An option as its descriptor has it, "TYPE\tDEFAULT\tHELP". Errors: no such
// type, a default that is none of it.
absl::StatusOr<OptionSpec> ParseOptionSpec(absl::string_view name,
                                           absl::string_view text);

// Errors (kInvalidArgument) say what is expected.
absl::StatusOr<PluginOptions::Value> ParseOptionValue(const OptionSpec& spec,
                                                      absl::string_view text);

// The values of all options of `plugin`: the user's, else the defaults.
absl::StatusOr<PluginOptions> OptionsOf(const PluginDescriptor& plugin,
                                        const OptionTexts& texts);

// Whether each text is for an option that one of `plugins` has, and fits. The
// errors (kInvalidArgument) name the plugins, or options, that there are.
absl::Status CheckOptionTexts(
    const std::vector<const PluginDescriptor*>& plugins,
    const OptionTexts& texts);

}  // namespace strata

#endif  // STRATA_CORE_OPTION_VALUES_H_
