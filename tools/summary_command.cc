// strata MODEL: the default command.

#include <cstdio>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "core/columns.h"
#include "core/error.h"
#include "core/input_size.h"
#include "core/phases.h"
#include "core/plugin_host.h"
#include "core/summarizer.h"
#include "tools/commands.h"
#include "tools/outputs.h"
#include "tools/progress.h"

namespace strata::tools {
namespace {

constexpr absl::string_view kWrongCommandLine = "strata/wrong_command_line";

absl::Status CheckColumns(const Options& options, Summarizer& summarizer) {
  absl::StatusOr<std::vector<Column>> metric_columns = summarizer.Columns();
  if (!metric_columns.ok()) return metric_columns.status();
  Summary only_columns;
  for (Column& column : *metric_columns) {
    *only_columns.add_columns() = std::move(column);
  }
  absl::Status resolved =
      ResolveColumns(only_columns, options.columns, options.heat).status();
  if (!resolved.ok() && !options.will_run()) {
    return WithHint(resolved,
                    absl::StrCat("without --input_size nothing runs; ",
                                 ErrorHint(resolved)));
  }
  return resolved;
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
  PluginHost& host =
      *new PluginHost(PluginFolders(options.plugin_path), options.trust);
  phases.Begin("load metrics and formatter");
  Summarizer& summarizer = *new Summarizer(host);
  ProgressLine progress(options.quiet);
  summarizer.Metrics(options.metrics)
      .Device(options.device)
      .Training(options.mode == "train")
      .InputsFile(options.inputs)
      .OpLibraries(options.op_libraries)
      .NotePhases(&phases)
      .Partial(options.partial)
      .TimedRuns(options.timing)
      .Threads(options.threads)
      .CancelWhen(&WatchForInterrupt())
      .NotifyProgress([&](const Progress& now) { progress.Show(now); })
      .Timeout(options.timeout, options.on_stuck);
  for (const auto& [option, value] : options.settings) {
    summarizer.Set(option, value);
  }
  if (options.has_input_size) {
    absl::StatusOr<std::vector<InputSpec>> inputs =
        ParseInputSizes(options.input_size);
    if (!inputs.ok()) return WrongCommandLine(inputs.status());
    summarizer.Inputs(*std::move(inputs));
  }

  summarizer.Program(options.program).Dimensions(options.dimensions);
  summarizer.LookAt(file);

  // All that can be wrong with the command line is found before the model is
  // opened, which may take long.
  absl::Status columns = CheckColumns(options, summarizer);
  if (!columns.ok()) return WrongCommandLine(columns);
  absl::StatusOr<Outputs> outputs = Outputs::Make(options, host);
  if (!outputs.ok()) return WrongCommandLine(outputs.status());
  absl::Status opened = outputs->Open();
  if (!opened.ok()) return opened;

  // As the host: never destroyed.
  absl::StatusOr<Summary>& summary =
      *new absl::StatusOr<Summary>(summarizer.Summarize(file));
  progress.Clear();
  // A size that the file does not allow.
  if (absl::IsOutOfRange(summary.status())) {
    return WrongCommandLine(summary.status());
  }
  if (!summary.ok()) return summary.status();

  phases.Begin("format");
  absl::Status written = outputs->Write(*summary, options);
  phases.End();
  if (options.verbose) std::fputs(phases.Text().c_str(), stderr);
  return written.ok() ? summarizer.run_status() : written;
}

}  // namespace strata::tools
