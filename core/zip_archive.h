// A zip archive, as model files are: which members it has, and their content.

#ifndef STRATA_CORE_ZIP_ARCHIVE_H_
#define STRATA_CORE_ZIP_ARCHIVE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/mapped_file.h"
#include "core/zip_directory.h"

struct zip;  // libzip's.

namespace strata {

// Reads the directory when it is opened, and of the members only those that are
// asked for. An archive from whose middle a part is missing opens, too, as long
// as its directory is whole: members that lay there have no content. Immutable,
// but not thread-safe: reading moves a position in the file.
class ZipArchive {
 public:
  struct Member {
    absl::string_view name;  // Lives as long as the archive.
    uint64_t size = 0;       // Unpacked, as the directory says.
  };

  // Errors: kNotFound where `file` cannot be opened, kDataLoss where its
  // directory is missing or damaged; the message says why, without the file.
  static absl::StatusOr<std::shared_ptr<ZipArchive>> Open(
      const std::string& file);
  ~ZipArchive();
  ZipArchive(const ZipArchive&) = delete;
  ZipArchive& operator=(const ZipArchive&) = delete;

  // In the order of the directory.
  const std::vector<Member>& members() const { return members_; }
  // An index in members(); of several of one name the first.
  std::optional<int> Find(absl::string_view name) const;

  // A member's content, unpacked. Errors (kDataLoss) name it: it is damaged, is
  // not there, or is larger than `most` bytes.
  absl::StatusOr<std::string> Read(int member, uint64_t most) const;

  // Which members are not where the directory says; that the bytes of others
  // are right, only Read can tell. Of a file that looks whole only a few are
  // looked at: each look may be a page that is read.
  std::vector<bool> Missing() const;

 private:
  explicit ZipArchive(const std::string& file) : file_(file) {}
  bool OpenCut();
  void ReadDirectory();

  const std::string file_;
  struct zip* archive_ = nullptr;
  // Of an archive from which a part is missing: the file, what is missing, and
  // zeros in its place.
  std::unique_ptr<MappedFile> cut_file_;
  ZipCut cut_;
  const char* zeros_ = nullptr;
  std::vector<Member> members_;
  absl::flat_hash_map<absl::string_view, int> index_;
};

}  // namespace strata

#endif  // STRATA_CORE_ZIP_ARCHIVE_H_
