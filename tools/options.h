// The command line of `strata`, as docs/contract.md has it.

#ifndef STRATA_TOOLS_OPTIONS_H_
#define STRATA_TOOLS_OPTIONS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/plugin_host.h"
#include "core/plugin_options.h"
#include "core/timed_runs.h"

namespace strata::tools {

// What the user asked for. Texts are as given; lists are split at commas.
struct Options {
  std::vector<std::string> arguments;  // What is no option: command and files.

  bool has_input_size = false;
  bool will_run() const { return has_input_size || !inputs.empty(); }
  std::string input_size;
  std::string inputs;  // The file of real inputs.
  std::string program;
  std::vector<std::pair<std::string, int64_t>> dimensions;  // NAME=SIZE.
  std::vector<std::string> metrics;
  std::vector<std::string> columns;
  std::vector<std::string> row_settings;
  int depth = 3;
  int width = 0;  // 0: that of the terminal, if there is one.
  std::string title;
  std::vector<std::string> expand;  // Paths.
  std::string match;                // A regular expression, or empty.
  std::string heat;                 // A column, or empty.
  std::string format;               // One or a list, as `output`.
  std::string output;
  std::string device;
  std::string mode;
  std::string plugin_path;
  PluginTrust trust = PluginTrust::kOwnAndRoot;
  OptionTexts settings;  // Of plugins.
  absl::Duration timeout = absl::InfiniteDuration();
  int64_t memory_limit = 0;  // Bytes; 0: none.
  TimingOptions timing;
  int threads = 0;  // 0: LibTorch's choice.
  bool quiet = false;
  bool partial = false;
  bool fold = false;
  std::vector<std::string> op_libraries;  // Files, in order.
  bool verbose = false;
  bool help = false;
  bool version = false;

  std::vector<std::string> given;  // Names of the options that were given.
  // Of those in the configuration, with their places there.
  std::map<std::string, std::string, std::less<>> configured;
  bool has(absl::string_view name) const;  // Given or configured.

  std::string config;          // The configuration's file; empty: none.
  std::string config_refused;  // Why the one that was found is not used.

  // Reports an error and ends the program, when a run cannot be ended.
  std::function<void(const absl::Status&)> on_stuck;
};

// The names that --row_settings takes: torchinfo's, and `parameters`.
std::vector<std::string> RowSettingNames();

// Checks what says which rows there are, and how they look.
absl::Status CheckRows(const Options& options);

// Options may stand anywhere, as --name=value or --name value; `--` ends them.
// Sets Abseil's flags. Errors (kInvalidArgument): no such option, with the
// nearest; a value that does not fit.
absl::StatusOr<Options> ParseOptions(int argc, char** argv);

}  // namespace strata::tools

#endif  // STRATA_TOOLS_OPTIONS_H_
