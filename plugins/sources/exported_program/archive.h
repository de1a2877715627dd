// The members of a .pt2 archive that say something of its programs.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_ARCHIVE_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_ARCHIVE_H_

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
#include "core/zip_archive.h"
#include "core/zip_directory.h"

namespace strata::exported_program {

// Maps the file and touches the directory and the members that are asked for:
// never a weight.
class Archive {
 public:
  // A member may have this many bytes, unpacked. (The program of a model of 70
  // billion parameters has 10 MB.)
  static constexpr uint64_t kMostBytes = uint64_t{256} << 20;

  // Errors say why, without the file.
  static absl::StatusOr<std::unique_ptr<Archive>> Open(const std::string& file);

  // What one program is made of: names of members, empty where there is none.
  struct Program {
    std::string name;  // "model".
    std::string json;
    std::string weights_config;
    std::string constants_config;
  };
  const std::vector<Program>& programs() const { return programs_; }

  // The folder that the weights' records are in; empty in older archives.
  const std::string& root() const { return root_; }

  bool has(absl::string_view member) const { return places_.contains(member); }
  // How large a member is, as it is stored; 0 where there is nothing in it, or
  // no such member.
  uint64_t size(absl::string_view member);

  // Where in the file the bytes of a member lie that is stored as it is;
  // nothing for another.
  struct Place {
    uint64_t begin = 0;
    uint64_t size = 0;
  };
  std::optional<Place> Stored(absl::string_view member) const;
  // The content of a member that is packed, of at most `most` bytes.
  absl::StatusOr<std::string> Unpack(absl::string_view member, uint64_t most);

  // A member's content, followed by JsonReader::kPadding bytes. It lives as
  // long as the archive, or until the next Read. Errors name the member.
  absl::StatusOr<absl::string_view> Read(absl::string_view member);

 private:
  explicit Archive(std::string file) : path_(std::move(file)) {}
  absl::Status FindPrograms();
  // The archive for members that are packed, or null where it does not open.
  const ZipArchive* Packed();

  const std::string path_;
  std::unique_ptr<MappedFile> file_;
  ZipDirectory directory_;
  absl::flat_hash_map<absl::string_view, const ZipPlace*> places_;
  std::string root_;
  std::vector<Program> programs_;
  std::shared_ptr<ZipArchive> packed_;  // Opened for such members.
  bool tried_packed_ = false;
  std::string unpacked_;
};

}  // namespace strata::exported_program

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_ARCHIVE_H_
