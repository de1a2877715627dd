// Where the summary goes: one form to one place, or several of both.

#ifndef STRATA_TOOLS_OUTPUTS_H_
#define STRATA_TOOLS_OUTPUTS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/formatter.h"
#include "core/plugin_host.h"
#include "core/summary.pb.h"
#include "tools/options.h"
#include "tools/output.h"

namespace strata::tools {

class Outputs {
 public:
  // A formatter for each pair of --format and --output; a format that is not
  // named follows from the file's ending. Errors are those of the command line:
  // the lists differ in length, one place is named twice, no such formatter.
  static absl::StatusOr<Outputs> Make(const Options& options, PluginHost& host);

  // Looks whether the places can be written. An error only where none can: of
  // several the others are written all the same.
  absl::Status Open();

  // Writes all. The error says which were not written and why.
  absl::Status Write(const Summary& summary, const Options& options);

 private:
  struct Target {
    std::string file;    // Empty: standard output.
    std::string plugin;  // "formatter 'table'"
    std::unique_ptr<Formatter> formatter;
    std::unique_ptr<Output> output;
    absl::Status status;  // Why it is not written.
  };

  absl::Status Failures() const;

  std::vector<Target> targets_;
};

}  // namespace strata::tools

#endif  // STRATA_TOOLS_OUTPUTS_H_
