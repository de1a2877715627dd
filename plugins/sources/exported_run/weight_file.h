// The records of an archive, in memory.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_RUN_WEIGHT_FILE_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_RUN_WEIGHT_FILE_H_

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "plugins/sources/exported_program/archive.h"
#include "plugins/sources/exported_run/archived_run.h"

namespace strata::exported_run {

// The file is mapped: what nobody touches is not read, and what is written to
// is a copy. Records that are packed are unpacked.
class WeightFile {
 public:
  // `archive` must outlive it and be that of `file`.
  static absl::StatusOr<std::unique_ptr<WeightFile>> Open(
      const std::string& file, exported_program::Archive& archive);

  absl::StatusOr<RecordBytes> Read(absl::string_view member);

 private:
  WeightFile(std::shared_ptr<char> bytes, size_t size,
             exported_program::Archive& archive)
      : bytes_(std::move(bytes)), size_(size), archive_(archive) {}

  const std::shared_ptr<char> bytes_;
  const size_t size_;
  exported_program::Archive& archive_;
};

}  // namespace strata::exported_run

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_RUN_WEIGHT_FILE_H_
