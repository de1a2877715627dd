// strata MODEL: the default command.

#include <cstdio>
#include <utility>

#include "absl/algorithm/container.h"
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
constexpr absl::string_view kExceededLimit = "strata/exceeded_limit";

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

// What --memory_limit needs.
absl::Status CheckLimitOptions(const Options& options) {
  if (options.memory_limit == 0) return absl::OkStatus();
  if (!absl::c_linear_search(options.metrics, "memory")) {
    return WithHint(
        absl::InvalidArgumentError("--memory_limit needs the metric 'memory'"),
        "--metrics=memory");
  }
  if (options.will_run()) return absl::OkStatus();
  return WithHint(absl::InvalidArgumentError(
                      "--memory_limit needs a run: there are no input sizes"),
                  "--input_size=1x3x224x224");
}

// Whether the model as it was run fits. A need that is not known exceeds
// nothing: a warning says why it is not.
absl::Status CheckMemoryLimit(const Summary& summary, int64_t limit,
                              const std::string& file) {
  const auto need = summary.totals().find("predicted_reserved_bytes");
  if (limit == 0 || need == summary.totals().end() || need->second <= limit) {
    return absl::OkStatus();
  }
  return ExceededLimit(MakeError(
      absl::StatusCode::kResourceExhausted, "model does not fit", file,
      absl::StrCat("inference needs ", BytesText(need->second), " (",
                   need->second, " bytes), and --memory_limit is ",
                   BytesText(limit), " (", limit, " bytes)")));
}

}  // namespace

absl::Status WrongCommandLine(absl::Status status) {
  if (!status.ok()) status.SetPayload(kWrongCommandLine, absl::Cord());
  return status;
}

bool IsWrongCommandLine(const absl::Status& status) {
  return status.GetPayload(kWrongCommandLine).has_value();
}

absl::Status ExceededLimit(absl::Status status) {
  if (!status.ok()) status.SetPayload(kExceededLimit, absl::Cord());
  return status;
}

bool IsExceededLimit(const absl::Status& status) {
  return status.GetPayload(kExceededLimit).has_value();
}

absl::Status RunSummary(const Options& options, const std::string& file) {
  absl::Status limit = CheckLimitOptions(options);
  if (!limit.ok()) return WrongCommandLine(limit);
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
      .MemoryLimit(options.memory_limit)
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
  if (!written.ok()) return written;
  if (!summarizer.run_status().ok()) return summarizer.run_status();
  return CheckMemoryLimit(*summary, options.memory_limit, file);
}

}  // namespace strata::tools
