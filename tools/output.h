// Where a summary goes: standard output, or a file that appears whole or not.

#ifndef STRATA_TOOLS_OUTPUT_H_
#define STRATA_TOOLS_OUTPUT_H_

#include <sys/types.h>

#include <cstdio>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/formatter.h"

namespace strata::tools {

// Where the summary goes: what standard output was at the first call. From then
// on all that plugins, and the libraries they bring, write to standard output
// goes to standard error. Called first of all, before any of them runs.
FILE* StandardOutput();

class Output : public Sink {
 public:
  // `file` empty: standard output. Otherwise a new file beside `file`, made
  // with the first text, which takes its place in Commit. Errors: the folder
  // does not exist, or may not be written, or `file` is a folder.
  static absl::StatusOr<std::unique_ptr<Output>> Open(const std::string& file);

  // Without Commit nothing of a file is left.
  ~Output() override;

  void Write(absl::string_view text) override;

  // The end: all is written, or an error says why not.
  absl::Status Commit();

 private:
  Output(std::string file, std::string target, FILE* stream)
      : file_(std::move(file)), target_(std::move(target)), stream_(stream) {}

  absl::Status Failure(int error) const;

  void MakeTemporary();

  std::string file_;       // As the user named it.
  std::string target_;     // Where it will be: beyond links.
  std::string temporary_;  // Empty: what is written is not moved.
  FILE* stream_;           // nullptr: not made yet.
  mode_t mode_ = 0;        // Of the file that was there; 0: there was none.
  int error_ = 0;          // The errno of the first write that failed.
};

// Removes what unfinished outputs have written, where the program ends at once.
void RemoveTemporaries();

// What standard output can show.
struct Terminal {
  int width = 0;  // 0: no terminal, so no limit.
  bool color = false;
  bool unicode = true;
};
Terminal LookAtTerminal();

}  // namespace strata::tools

#endif  // STRATA_TOOLS_OUTPUT_H_
