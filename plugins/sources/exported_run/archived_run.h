// What of an archive a run needs. Without LibTorch, so that what reads the file
// and what runs it are compiled apart.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_RUN_ARCHIVED_RUN_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_RUN_ARCHIVED_RUN_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "core/model.h"
#include "plugins/sources/exported_program/program.h"

namespace strata::exported_run {

// The bytes of a record. They may be written to, which never changes the file.
struct RecordBytes {
  char* data = nullptr;
  size_t size = 0;
  std::shared_ptr<void> owner;  // They live as long as this.
};

// Reads the record of a weight of the program, by its place in
// Program::weights. Errors say why it cannot.
using ReadRecord = std::function<absl::StatusOr<RecordBytes>(size_t weight)>;

struct ArchivedRun {
  std::unique_ptr<exported_program::Program> program;  // Read for a run.
  ReadRecord read;
};

// Errors say why, without the file.
absl::StatusOr<ArchivedRun> ReadForRun(const std::string& file,
                                       const OpenOptions& options);

}  // namespace strata::exported_run

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_RUN_ARCHIVED_RUN_H_
