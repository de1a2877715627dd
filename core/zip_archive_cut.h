// Part of zip_archive.h: files from whose middle a part is missing.

#ifndef STRATA_CORE_ZIP_ARCHIVE_CUT_H_
#define STRATA_CORE_ZIP_ARCHIVE_CUT_H_

#include <cstdint>
#include <memory>
#include <string>

#include "core/zip_archive.h"

namespace strata {

// The file, as it was before: zeros stand where the missing part was, so that
// the members after it lie where the directory says.
class ZipArchive::CutFile {
 public:
  // Null for a file that has no whole directory at its end, or of which nothing
  // is missing.
  static std::unique_ptr<CutFile> Open(const std::string& file);
  ~CutFile();
  CutFile(const CutFile&) = delete;
  CutFile& operator=(const CutFile&) = delete;

  // libzip's view of it, for as long as this lives; null where it refuses.
  struct zip* OpenArchive() const;

 private:
  CutFile() = default;
  bool FindCut();

  const char* bytes_ = nullptr;  // The file, mapped.
  uint64_t size_ = 0;
  const char* zeros_ = nullptr;  // Address space without memory.
  uint64_t cut_size_ = 0;
  uint64_t cut_at_ = 0;  // In the file as it is.
};

}  // namespace strata

#endif  // STRATA_CORE_ZIP_ARCHIVE_CUT_H_
