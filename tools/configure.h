// Options of plugins, and those that a saved configuration gives.

#ifndef STRATA_TOOLS_CONFIGURE_H_
#define STRATA_TOOLS_CONFIGURE_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "tools/config.h"
#include "tools/options.h"

namespace strata::tools {

// Adds "PLUGIN.OPTION=VALUE"; of two for one option the last counts.
absl::Status AddSetting(const std::string& text, OptionTexts& settings);

// Reads the configuration that `options` names, or the one that is found, and
// calls `set` for each option in it that the command line has not given.
absl::Status Configure(
    Options& options,
    const std::function<absl::Status(const ConfigEntry&)>& set);

// The error, with its place in the configuration where it is of an option from
// there.
absl::Status WithPlace(const Options& options, const absl::Status& error);

}  // namespace strata::tools

#endif  // STRATA_TOOLS_CONFIGURE_H_
