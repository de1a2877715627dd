// strata show: a summary that was saved, in any form.

#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "core/columns.h"
#include "core/error.h"
#include "core/plugin_host.h"
#include "core/summary_reader.h"
#include "tools/commands.h"
#include "tools/outputs.h"

namespace strata::tools {
namespace {

// Options of a run: nothing runs here.
constexpr absl::string_view kOfRuns[] = {
    "input_size", "inputs", "timeout",    "partial",     "metrics",
    "device",     "mode",   "op_library", "memory_limit"};

absl::Status CheckOptions(const Options& options) {
  for (const absl::string_view name : kOfRuns) {
    if (!absl::c_linear_search(options.given, name)) continue;
    return WithHint(
        absl::InvalidArgumentError(absl::StrCat("strata show runs no model: --",
                                                name, " does not apply")),
        "see strata show --help");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RunShow(const Options& options, const std::string& file) {
  absl::Status fits = CheckOptions(options);
  if (!fits.ok()) return WrongCommandLine(fits);
  PluginHost host(PluginFolders(options.plugin_path), options.trust);
  absl::Status set = host.CheckOptions(options.settings);
  if (!set.ok()) return WrongCommandLine(set);
  absl::StatusOr<Outputs> outputs = Outputs::Make(options, host);
  if (!outputs.ok()) return WrongCommandLine(outputs.status());
  absl::StatusOr<Summary> summary = ReadSummary(file);
  if (!summary.ok()) return summary.status();
  // Which columns there are only the file knows.
  absl::Status columns =
      ResolveColumns(*summary, options.columns, options.heat).status();
  if (!columns.ok()) return WrongCommandLine(columns);
  absl::Status opened = outputs->Open();
  if (!opened.ok()) return opened;
  return outputs->Write(*summary, options);
}

}  // namespace strata::tools
