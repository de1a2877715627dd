// strata MODEL: the default command.

#include <cstdio>
#include <filesystem>
#include <memory>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/columns.h"
#include "core/error.h"
#include "core/input_size.h"
#include "core/phases.h"
#include "core/plugin_host.h"
#include "core/summarizer.h"
#include "tools/commands.h"
#include "tools/output.h"

namespace strata::tools {
namespace {

constexpr absl::string_view kWrongCommandLine = "strata/wrong_command_line";

// The formatter that --format names, or the one that the output's ending does.
absl::StatusOr<std::string> FormatName(const Options& options,
                                       const PluginHost& host) {
  if (!options.format.empty()) return options.format;
  std::string ending = std::filesystem::path(options.output).extension();
  if (ending.empty()) return std::string("table");
  ending = absl::AsciiStrToLower(ending.substr(1));
  for (const FoundPlugin& plugin : host.plugins()) {
    if (plugin.state != FoundPlugin::State::kUsable ||
        plugin.descriptor.kind != "formatter") {
      continue;
    }
    for (const std::string& known : plugin.descriptor.endings) {
      if (known == ending) return plugin.descriptor.name;
    }
  }
  return WithHint(
      absl::InvalidArgumentError(absl::StrCat(
          "no formatter writes files that end in '.", ending, "'")),
      absl::StrCat("name one with --format; ",
                   NearestNameHint(ending, host.Names("formatter"))));
}

absl::Status CheckColumns(const Options& options, Summarizer& summarizer) {
  absl::StatusOr<std::vector<Column>> metric_columns = summarizer.Columns();
  if (!metric_columns.ok()) return metric_columns.status();
  Summary only_columns;
  for (Column& column : *metric_columns) {
    *only_columns.add_columns() = std::move(column);
  }
  absl::Status resolved =
      ResolveColumns(only_columns, options.columns).status();
  if (!resolved.ok() && !options.will_run()) {
    return WithHint(resolved,
                    absl::StrCat("without --input_size nothing runs; ",
                                 ErrorHint(resolved)));
  }
  return resolved;
}

FormatOptions MakeFormatOptions(const Options& options) {
  const auto is_set = [&](absl::string_view setting) {
    return absl::c_linear_search(options.row_settings, setting);
  };
  FormatOptions format;
  format.depth = options.depth;
  format.columns = options.columns;
  format.fold = options.fold;
  format.var_names = is_set("var_names");
  format.depth_index = is_set("depth");
  format.hide_recursive = is_set("hide_recursive_layers");
  format.parameter_rows = is_set("parameters");
  if (options.output.empty()) {
    const Terminal terminal = LookAtTerminal();
    format.width = terminal.width;
    format.color = terminal.color;
    format.unicode = terminal.unicode;
  }
  if (is_set("ascii_only")) format.unicode = false;
  return format;
}

}  // namespace

absl::Status WrongCommandLine(absl::Status status) {
  if (!status.ok()) status.SetPayload(kWrongCommandLine, absl::Cord());
  return status;
}

bool IsWrongCommandLine(const absl::Status& status) {
  return status.GetPayload(kWrongCommandLine).has_value();
}

absl::Status RunSummary(const Options& options, const std::string& file) {
  Phases& phases = *new Phases();
  phases.Begin("find plugins");
  // Never destroyed: the program ends soon, and giving a large model's memory
  // back piece by piece takes as long as a tenth of all the rest.
  PluginHost& host = *new PluginHost(PluginFolders(options.plugin_path));
  phases.Begin("load metrics and formatter");
  Summarizer& summarizer = *new Summarizer(host);
  summarizer.Metrics(options.metrics)
      .Device(options.device)
      .Training(options.mode == "train")
      .InputsFile(options.inputs)
      .OpLibraries(options.op_libraries)
      .NotePhases(&phases)
      .Partial(options.partial)
      .Timeout(options.timeout, options.on_stuck);
  if (options.has_input_size) {
    absl::StatusOr<std::vector<InputSpec>> inputs =
        ParseInputSizes(options.input_size);
    if (!inputs.ok()) return WrongCommandLine(inputs.status());
    summarizer.Inputs(*std::move(inputs));
  }

  // All that can be wrong with the command line is found before the model is
  // opened, which may take long.
  absl::Status columns = CheckColumns(options, summarizer);
  if (!columns.ok()) return WrongCommandLine(columns);
  absl::StatusOr<std::string> format = FormatName(options, host);
  if (!format.ok()) return WrongCommandLine(format.status());
  absl::StatusOr<std::unique_ptr<Formatter>> formatter =
      host.MakeFormatter(*format);
  if (!formatter.ok()) return WrongCommandLine(formatter.status());
  absl::StatusOr<std::unique_ptr<Output>> output = Output::Open(options.output);
  if (!output.ok()) return output.status();

  absl::StatusOr<Summary> summary = summarizer.Summarize(file);
  if (!summary.ok()) return summary.status();

  phases.Begin("format");
  absl::Status formatted =
      (*formatter)->Format(*summary, MakeFormatOptions(options), **output);
  if (!formatted.ok()) return formatted;
  absl::Status written = (*output)->Commit();
  phases.End();
  if (options.verbose) std::fputs(phases.Text().c_str(), stderr);
  return written.ok() ? summarizer.run_status() : written;
}

}  // namespace strata::tools
