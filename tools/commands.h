// What `strata` can do. Each returns an error for main to print.

#ifndef STRATA_TOOLS_COMMANDS_H_
#define STRATA_TOOLS_COMMANDS_H_

#include <string>

#include "absl/status/status.h"
#include "tools/options.h"

namespace strata::tools {

// Errors of the command line itself (exit status 2) are kInvalidArgument with
// this mark; the same code from a model is none of it.
absl::Status WrongCommandLine(absl::Status status);
bool IsWrongCommandLine(const absl::Status& status);

// What the user stated and the model exceeds (exit status 3).
absl::Status ExceededLimit(absl::Status status);
bool IsExceededLimit(const absl::Status& status);

// strata MODEL
absl::Status RunSummary(const Options& options, const std::string& file);
// strata show SUMMARY
absl::Status RunShow(const Options& options, const std::string& file);
// strata plugins
absl::Status RunPlugins(const Options& options);
// strata new-plugin KIND NAME
absl::Status RunNewPlugin(const Options& options, const std::string& kind,
                          const std::string& name);
// strata --version
absl::Status RunVersion(const Options& options);

// The text of --help for a command: "summary", "show", "plugins" or
// "new-plugin".
const char* HelpText(const std::string& command);

}  // namespace strata::tools

#endif  // STRATA_TOOLS_COMMANDS_H_
