#include "tools/options.h"

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/flags/commandlineflag.h"
#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "core/error.h"
#include "tools/bytes.h"
#include "tools/config.h"
#include "tools/configure.h"

ABSL_FLAG(std::string, input_size, "", "one shape per positional input");
ABSL_FLAG(std::string, inputs, "", "a file of real inputs");
ABSL_FLAG(std::string, program, "", "of several in one file");
ABSL_FLAG(std::string, dim, "", "sizes of open dimensions");
ABSL_FLAG(double, timeout, 0, "seconds that a run may take");
ABSL_FLAG(std::string, memory_limit, "", "bytes that a device has");
ABSL_FLAG(int, runs, 0, "timed runs that count");
ABSL_FLAG(int, warmup, 0, "timed runs that do not");
ABSL_FLAG(double, min_time, 0, "seconds that timed runs take together");
ABSL_FLAG(int, threads, 0, "threads of the CPU's kernels");
ABSL_FLAG(bool, quiet, false, "no progress");
ABSL_FLAG(bool, partial, false, "the summary of what ran before an error");
ABSL_FLAG(std::string, metrics, "params,macs", "metric plugins to run");
ABSL_FLAG(std::string, columns, "", "columns, in order");
ABSL_FLAG(std::string, row_settings, "var_names", "what a row says");
ABSL_FLAG(int, depth, 3, "deepest level printed");
ABSL_FLAG(int, width, 0, "cells that the table may take");
ABSL_FLAG(std::string, title, "", "in place of the model's name");
ABSL_FLAG(std::string, expand, "", "paths shown with all below");
ABSL_FLAG(std::string, match, "", "only what a regular expression finds");
ABSL_FLAG(std::string, heat, "", "a column that gets a bar");
ABSL_FLAG(std::string, format, "", "formatter plugin");
ABSL_FLAG(std::string, output, "", "where to write");
ABSL_FLAG(std::string, device, "", "where to run");
ABSL_FLAG(std::string, mode, "eval", "eval or train");
ABSL_FLAG(std::string, op_library, "", "libraries of operators");
ABSL_FLAG(std::string, plugin_path, "", "more places to look for plugins");
ABSL_FLAG(std::string, config, "", "a saved configuration");
ABSL_FLAG(std::string, set, "", "an option of a plugin; may be repeated");
ABSL_FLAG(bool, allow_insecure_plugins, false,
          "plugins that others can change");
ABSL_FLAG(bool, fold, false, "identical siblings become one row");
ABSL_FLAG(bool, verbose, false, "errors in full, and a profile");
ABSL_FLAG(bool, help, false, "this text");
ABSL_FLAG(bool, version, false, "versions");

namespace strata::tools {
namespace {

// Only ours: a library that is linked in may define flags of its own.
std::vector<std::string> OptionNames() {
  return {"input_size",  "inputs",       "timeout",
          "partial",     "metrics",      "columns",
          "depth",       "row_settings", "format",
          "output",      "device",       "mode",
          "fold",        "verbose",      "plugin_path",
          "op_library",  "width",        "title",
          "expand",      "match",        "heat",
          "help",        "version",      "runs",
          "warmup",      "min_time",     "threads",
          "quiet",       "program",      "dim",
          "set",         "config",       "allow_insecure_plugins",
          "memory_limit"};
}

absl::CommandLineFlag* FindOption(absl::string_view name) {
  for (const std::string& known : OptionNames()) {
    if (name == known) return absl::FindCommandLineFlag(name);
  }
  return nullptr;
}

std::vector<std::string> SplitList(const std::string& text) {
  std::vector<std::string> parts;
  for (absl::string_view part : absl::StrSplit(text, ',')) {
    part = absl::StripAsciiWhitespace(part);
    // Twice the same is once.
    if (part.empty() || absl::c_linear_search(parts, part)) continue;
    parts.emplace_back(part);
  }
  return parts;
}

absl::Status SetOption(absl::CommandLineFlag& flag, absl::string_view value) {
  std::string why;
  if (flag.ParseFrom(value, &why)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--", flag.Name(), "=", value, " does not parse",
                   flag.IsOfType<int>()      ? ": expected a whole number"
                   : flag.IsOfType<double>() ? ": expected a number"
                                             : ": expected true or false"));
}

// Abseil's own parser ends the program with status 1 and in words of its own.
absl::Status ParseOption(absl::string_view text, int& index, int argc,
                         char** argv) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits('=', 1));
  const absl::string_view name = parts.first;
  const bool has_value = name.size() != text.size();
  absl::CommandLineFlag* flag = FindOption(name);
  absl::string_view positive = name;
  if (flag == nullptr && !has_value && absl::ConsumePrefix(&positive, "no")) {
    flag = FindOption(positive);
    if (flag != nullptr && flag->IsOfType<bool>()) {
      return SetOption(*flag, "false");
    }
    flag = nullptr;
  }
  if (flag == nullptr) {
    return WithHint(
        absl::InvalidArgumentError(absl::StrCat("no option '--", name, "'")),
        NearestNameHint(name, OptionNames()));
  }
  if (has_value) return SetOption(*flag, parts.second);
  if (flag->IsOfType<bool>()) return SetOption(*flag, "true");
  if (index + 1 >= argc) {
    return absl::InvalidArgumentError(
        absl::StrCat("the option --", name, " needs a value"));
  }
  return SetOption(*flag, argv[++index]);
}

// "batch=8,s77=2", in one option or in several.
absl::Status AddDimensions(absl::string_view text, Options& options) {
  for (absl::string_view part : absl::StrSplit(text, ',', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> pair =
        absl::StrSplit(part, absl::MaxSplits('=', 1));
    const absl::string_view name = absl::StripAsciiWhitespace(pair.first);
    int64_t size = 0;
    if (name.empty() || !absl::SimpleAtoi(pair.second, &size) || size < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("--dim=", text, ": expected NAME=SIZE, as in batch=8"));
    }
    options.dimensions.emplace_back(name, size);
  }
  return absl::OkStatus();
}

// Sets `seconds` from an option, if it was given.
absl::Status ReadSeconds(const Options& options, absl::string_view name,
                         double value, absl::Duration& seconds) {
  if (!options.has(name)) return absl::OkStatus();
  if (!(value > 0)) {  // Nor what is no number.
    return absl::InvalidArgumentError(absl::StrCat(
        "--", name, "=", value, ": expected seconds, more than 0"));
  }
  seconds = absl::Seconds(value);
  return absl::OkStatus();
}

// Sets `count` from an option, if it was given.
absl::Status ReadCount(const Options& options, absl::string_view name,
                       int value, int least, int& count) {
  if (!options.has(name)) return absl::OkStatus();
  if (value < least) {
    return absl::InvalidArgumentError(
        absl::StrCat("--", name, "=", value, ": expected ", least, " or more"));
  }
  count = value;
  return absl::OkStatus();
}

absl::Status SetMemoryLimit(Options& options) {
  if (!options.has("memory_limit")) return absl::OkStatus();
  const std::string text = absl::GetFlag(FLAGS_memory_limit);
  const std::optional<int64_t> bytes = ParseBytes(text);
  if (!bytes || *bytes < 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--memory_limit=", text,
        ": expected bytes, more than 0, with or without one of the units B, "
        "kB, MB, GB, TB, KiB, MiB, GiB, TiB: 24GiB"));
  }
  options.memory_limit = *bytes;
  return absl::OkStatus();
}

// How long and how often models are run.
absl::Status ReadRuns(Options& options) {
  absl::Status read = ReadSeconds(
      options, "timeout", absl::GetFlag(FLAGS_timeout), options.timeout);
  read.Update(ReadSeconds(options, "min_time", absl::GetFlag(FLAGS_min_time),
                          options.timing.min_time));
  read.Update(ReadCount(options, "runs", absl::GetFlag(FLAGS_runs), 1,
                        options.timing.runs));
  read.Update(ReadCount(options, "warmup", absl::GetFlag(FLAGS_warmup), 0,
                        options.timing.warm_up));
  read.Update(ReadCount(options, "threads", absl::GetFlag(FLAGS_threads), 1,
                        options.threads));
  if (read.ok() && options.has("runs") && options.has("min_time")) {
    return absl::InvalidArgumentError(
        "--runs and --min_time both say how many runs count: give one");
  }
  return read;
}

absl::Status Check(Options& options) {
  absl::Status runs = ReadRuns(options);
  runs.Update(SetMemoryLimit(options));
  if (!runs.ok()) return runs;
  if (options.has_input_size && !options.inputs.empty()) {
    return absl::InvalidArgumentError(
        "--input_size and --inputs both say what to run with: give one");
  }
  if (options.mode != "eval" && options.mode != "train") {
    return absl::InvalidArgumentError(
        absl::StrCat("--mode=", options.mode, ": expected eval or train"));
  }
  return CheckRows(options);
}

}  // namespace

absl::StatusOr<Options> ParseOptions(int argc, char** argv) {
  Options options;
  bool ended = false;
  for (int i = 1; i < argc; ++i) {
    absl::string_view text = argv[i];
    if (ended || text == "-" || !absl::ConsumePrefix(&text, "-")) {
      options.arguments.emplace_back(argv[i]);
      continue;
    }
    absl::ConsumePrefix(&text, "-");
    if (text.empty()) {
      ended = true;
      continue;
    }
    if (text == "h") text = "help";
    absl::Status parsed = ParseOption(text, i, argc, argv);
    if (!parsed.ok()) return parsed;
    options.given.emplace_back(text.substr(0, text.find('=')));
    if (options.given.back() == "set") {
      parsed = AddSetting(absl::GetFlag(FLAGS_set), options.settings);
      if (!parsed.ok()) return parsed;
    }
    options.has_input_size |= options.given.back() == "input_size";
    if (options.given.back() == "dim") {
      absl::Status added = AddDimensions(absl::GetFlag(FLAGS_dim), options);
      if (!added.ok()) return added;
    }
  }
  options.config = absl::GetFlag(FLAGS_config);
  absl::Status configured = Configure(options, [](const ConfigEntry& entry) {
    return SetOption(*FindOption(entry.name), entry.text);
  });
  if (!configured.ok()) return configured;
  options.input_size = absl::GetFlag(FLAGS_input_size);
  options.inputs = absl::GetFlag(FLAGS_inputs);
  options.program = absl::GetFlag(FLAGS_program);
  options.partial = absl::GetFlag(FLAGS_partial);
  options.metrics = SplitList(absl::GetFlag(FLAGS_metrics));
  options.columns = SplitList(absl::GetFlag(FLAGS_columns));
  options.row_settings = SplitList(absl::GetFlag(FLAGS_row_settings));
  options.depth = absl::GetFlag(FLAGS_depth);
  options.width = absl::GetFlag(FLAGS_width);
  options.title = absl::GetFlag(FLAGS_title);
  options.expand = SplitList(absl::GetFlag(FLAGS_expand));
  options.match = absl::GetFlag(FLAGS_match);
  options.heat = absl::GetFlag(FLAGS_heat);
  options.format = absl::GetFlag(FLAGS_format);
  options.output = absl::GetFlag(FLAGS_output);
  options.device = absl::GetFlag(FLAGS_device);
  options.mode = absl::GetFlag(FLAGS_mode);
  options.plugin_path = absl::GetFlag(FLAGS_plugin_path);
  options.trust = absl::GetFlag(FLAGS_allow_insecure_plugins)
                      ? PluginTrust::kAll
                      : PluginTrust::kOwnAndRoot;
  options.op_libraries = SplitList(absl::GetFlag(FLAGS_op_library));
  options.fold = absl::GetFlag(FLAGS_fold);
  options.verbose = absl::GetFlag(FLAGS_verbose);
  options.quiet = absl::GetFlag(FLAGS_quiet);
  options.help = absl::GetFlag(FLAGS_help);
  options.version = absl::GetFlag(FLAGS_version);
  absl::Status checked = Check(options);
  if (checked.ok()) return options;
  return WithPlace(options, checked);
}

}  // namespace strata::tools
