// The program `strata`: the only place that prints and exits.

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/error.h"
#include "core/printable.h"
#include "tools/commands.h"
#include "tools/last_words.h"
#include "tools/options.h"
#include "tools/output.h"

namespace {

using strata::tools::IsWrongCommandLine;
using strata::tools::Options;
using strata::tools::WrongCommandLine;

// `bazel run` starts programs in a folder of its own; file names are meant from
// where the user stands.
void GoWhereTheUserStands() {
  const char* user = std::getenv("BUILD_WORKING_DIRECTORY");
  std::error_code error;
  const std::string here = std::filesystem::current_path(error);
  if (user == nullptr || error || !absl::StrContains(here, ".runfiles")) return;
  if (chdir(user) != 0) std::perror("strata: cannot go to the user's folder");
}

// One file, but for `plugins` and `new-plugin`.
absl::Status CheckArguments(const std::string& command,
                            const std::vector<std::string>& arguments) {
  const size_t wanted = command == "plugins"      ? 0
                        : command == "new-plugin" ? 2
                                                  : 1;
  if (arguments.size() == wanted) return absl::OkStatus();
  if (wanted == 2) {
    return strata::WithHint(
        WrongCommandLine(absl::InvalidArgumentError(
            "expected a kind (metric, formatter or source) and a name")),
        "strata new-plugin metric my_metric");
  }
  const std::string file = command == "show" ? "saved summary" : "model file";
  return strata::WithHint(
      WrongCommandLine(absl::InvalidArgumentError(
          arguments.empty()
              ? absl::StrCat("no ", file, " was given")
              : absl::StrCat("too many arguments: expected ",
                             wanted == 1 ? absl::StrCat("one ", file) : "none",
                             ", got '", absl::StrJoin(arguments, "', '"),
                             "'"))),
      command == "summary"
          ? "strata MODEL --input_size=1x3x224x224; see strata --help"
          : absl::StrCat("see strata ", command, " --help"));
}

absl::Status Run(const Options& options) {
  std::vector<std::string> arguments = options.arguments;
  std::string command = "summary";
  if (!arguments.empty() &&
      (arguments[0] == "summary" || arguments[0] == "show" ||
       arguments[0] == "plugins" || arguments[0] == "new-plugin")) {
    command = arguments[0];
    arguments.erase(arguments.begin());
  }
  if (options.help) {
    absl::StatusOr<std::unique_ptr<strata::tools::Output>> output =
        strata::tools::Output::Open("");
    if (!output.ok()) return output.status();
    (*output)->Write(strata::tools::HelpText(command));
    return (*output)->Commit();
  }
  if (options.version) return strata::tools::RunVersion(options);
  absl::Status counted = CheckArguments(command, arguments);
  if (!counted.ok()) return counted;
  if (command == "plugins") return strata::tools::RunPlugins(options);
  if (command == "new-plugin") {
    return strata::tools::RunNewPlugin(options, arguments[0], arguments[1]);
  }
  if (command == "show") return strata::tools::RunShow(options, arguments[0]);
  return strata::tools::RunSummary(options, arguments[0]);
}

// Ends the program without tearing LibTorch down, which would give memory back
// piece by piece, a quarter of the time that a small model takes. What was
// written is out: Output::Commit has looked after that.
[[noreturn]] void End(int status) {
  std::fflush(nullptr);
  std::_Exit(status);
}

int Report(const absl::Status& status, bool verbose) {
  if (status.ok()) return 0;
  // Names of files and modules are strangers' text: nothing in them may draw.
  std::fprintf(stderr, "strata: error: %s\n",
               strata::Printable(status.message(), true).c_str());
  const std::string hint = strata::Printable(strata::ErrorHint(status), true);
  if (!hint.empty()) std::fprintf(stderr, "  %s\n", hint.c_str());
  const std::string detail = strata::ErrorDetail(status);
  if (verbose && !detail.empty()) {
    for (absl::string_view line : absl::StrSplit(detail, '\n')) {
      std::fprintf(stderr, "%s\n", strata::Printable(line, true).c_str());
    }
  }
  if (strata::tools::IsExceededLimit(status)) return 3;
  return IsWrongCommandLine(status) ? 2 : 1;
}

void ReportConfig(const Options& options) {
  if (!options.config_refused.empty()) {
    std::fprintf(stderr, "strata: warning: configuration %s\n",
                 strata::Printable(options.config_refused, true).c_str());
  } else if (options.verbose && !options.config.empty()) {
    std::fprintf(stderr, "strata: configuration %s\n",
                 strata::Printable(options.config, true).c_str());
  }
}

}  // namespace

int main(int argc, char** argv) {
  strata::tools::StandardOutput();
  strata::tools::SayWhoEndsTheProgram();
  GoWhereTheUserStands();
  absl::StatusOr<Options> options = strata::tools::ParseOptions(argc, argv);
  if (!options.ok()) End(Report(WrongCommandLine(options.status()), false));
  options->on_stuck = [](const absl::Status& status) {
    // Another thread is in the middle of something: nothing is tidied up, and
    // no output file was begun.
    std::_Exit(Report(status, false));
  };
  ReportConfig(*options);
  absl::Status status = Run(*options);
  if (!options->configured.empty() && IsWrongCommandLine(status)) {
    status = strata::WithHint(
        status, absl::StrCat(strata::ErrorHint(status),
                             strata::ErrorHint(status).empty() ? "" : "; ",
                             "some options are from ", options->config));
  }
  End(Report(status, options->verbose));
}
