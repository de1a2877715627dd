// A file's bytes, without reading them.

#ifndef STRATA_CORE_MAPPED_FILE_H_
#define STRATA_CORE_MAPPED_FILE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"

namespace strata {

// The system reads a page when it is touched. A file that is cut shorter by
// somebody while it is mapped ends the process: look, and let go of it.
class MappedFile {
 public:
  // Null where the file cannot be opened, or is empty.
  static std::unique_ptr<MappedFile> Open(const std::string& file);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  absl::string_view bytes() const { return bytes_; }

  // Whether parts of the file were never written: they read as zeros.
  bool has_holes() const { return has_holes_; }

 private:
  MappedFile() = default;
  absl::string_view bytes_;
  bool has_holes_ = false;
};

}  // namespace strata

#endif  // STRATA_CORE_MAPPED_FILE_H_
