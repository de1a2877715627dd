// Where an archive's members lie, which libzip does not tell.

#ifndef STRATA_CORE_ZIP_DIRECTORY_H_
#define STRATA_CORE_ZIP_DIRECTORY_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"

namespace strata {

// A member: its own header, and after that its bytes.
struct ZipPlace {
  absl::string_view name;
  uint64_t offset = 0;  // Of the header.
  uint64_t size = 0;    // As it is stored.
};

struct ZipDirectory {
  uint64_t begin = 0;            // Where it is.
  uint64_t stated = 0;           // Where it says that it is.
  std::vector<ZipPlace> places;  // In its order, which is libzip's.
};

// Nothing where `file` has no whole directory at its end. Names point into
// `file`.
std::optional<ZipDirectory> FindZipDirectory(absl::string_view file);

// A part that is missing from the middle of a file.
struct ZipCut {
  uint64_t at = 0;  // In the file as it is.
  uint64_t size = 0;
};

// Where the directory lies earlier than it says, what is missing is in front of
// the first member that lies as much earlier. Nothing where nothing is missing.
std::optional<ZipCut> FindZipCut(absl::string_view file,
                                 const ZipDirectory& directory);

// Whether the member is in the file, as far as its header and its end tell.
bool IsZipMemberThere(absl::string_view file, const ZipPlace& place,
                      const ZipCut& cut);

}  // namespace strata

#endif  // STRATA_CORE_ZIP_DIRECTORY_H_
