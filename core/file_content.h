// What a file is, by its content and not by its name.

#ifndef STRATA_CORE_FILE_CONTENT_H_
#define STRATA_CORE_FILE_CONTENT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace strata {

// The outside of a file: its first bytes and, of a zip archive, the names of
// its members. Reads neither code nor weights.
class FileContent {
 public:
  // Errors, each in the form of core/error.h: there is no such file, it is a
  // folder, it may not be read, it is empty, it is a truncated archive.
  static absl::StatusOr<FileContent> Read(const std::string& file);

  // True when the file is what `signature` says. "zip:GLOB,…": an archive with
  // a member that fits one of them, where * stands for one folder's name.
  bool Matches(absl::string_view signature) const;

  // The error for a file that nothing reads: what it is, `readable` (what could
  // be read) and, where the file is something known, what to do.
  absl::Status NotReadable(const std::vector<std::string>& readable) const;

 private:
  std::string file_;
  std::string first_bytes_;
  bool is_zip_ = false;
  std::vector<std::string> members_;
};

}  // namespace strata

#endif  // STRATA_CORE_FILE_CONTENT_H_
