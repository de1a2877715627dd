// The command line of `strata`, as docs/contract.md has it.

#ifndef STRATA_TOOLS_OPTIONS_H_
#define STRATA_TOOLS_OPTIONS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace strata::tools {

// What the user asked for. Texts are as given; lists are split at commas.
struct Options {
  std::vector<std::string> arguments;  // What is no option: command and files.

  bool has_input_size = false;
  std::string input_size;
  std::vector<std::string> metrics;
  std::vector<std::string> columns;
  std::vector<std::string> row_settings;
  int depth = 3;
  std::string format;
  std::string output;
  std::string device;
  std::string mode;
  std::string plugin_path;
  bool fold = false;
  bool verbose = false;
  bool help = false;
  bool version = false;
};

// The names that --row_settings takes: torchinfo's, and `parameters`.
std::vector<std::string> RowSettingNames();

// Options may stand anywhere, as --name=value or --name value; `--` ends them.
// Sets Abseil's flags. Errors (kInvalidArgument): no such option, with the
// nearest; a value that does not fit.
absl::StatusOr<Options> ParseOptions(int argc, char** argv);

}  // namespace strata::tools

#endif  // STRATA_TOOLS_OPTIONS_H_
