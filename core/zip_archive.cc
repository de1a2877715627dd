#include "core/zip_archive.h"

#include <zip.h>

#include <algorithm>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "core/zip_archive_cut.h"

namespace strata {
namespace {

absl::Status OpenError(int code) {
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  const absl::Cleanup fini = [&error] { zip_error_fini(&error); };
  const bool no_file = code == ZIP_ER_NOENT || code == ZIP_ER_OPEN;
  return absl::Status(
      no_file ? absl::StatusCode::kNotFound : absl::StatusCode::kDataLoss,
      zip_error_strerror(&error));
}

}  // namespace

ZipArchive::ZipArchive() = default;

ZipArchive::~ZipArchive() {
  if (archive_ != nullptr) zip_discard(archive_);
}

absl::StatusOr<std::shared_ptr<ZipArchive>> ZipArchive::Open(
    const std::string& file) {
  std::shared_ptr<ZipArchive> opened(new ZipArchive());
  int code = 0;
  opened->archive_ = zip_open(file.c_str(), ZIP_RDONLY, &code);
  if (opened->archive_ == nullptr) {
    opened->cut_file_ = CutFile::Open(file);
    if (opened->cut_file_ == nullptr) return OpenError(code);
    opened->archive_ = opened->cut_file_->OpenArchive();
    if (opened->archive_ == nullptr) return OpenError(code);
  }
  opened->ReadDirectory();
  return opened;
}

void ZipArchive::ReadDirectory() {
  const zip_int64_t count = zip_get_num_entries(archive_, 0);
  members_.resize(count);
  index_.reserve(count);
  for (zip_int64_t i = 0; i < count; ++i) {
    zip_stat_t stat;
    zip_stat_init(&stat);
    // Without either the member has no name, and nobody finds it.
    if (zip_stat_index(archive_, i, ZIP_FL_ENC_RAW, &stat) != 0) continue;
    if (stat.name != nullptr) members_[i].name = stat.name;
    if ((stat.valid & ZIP_STAT_SIZE) != 0) members_[i].size = stat.size;
    index_.try_emplace(members_[i].name, static_cast<int>(i));
  }
}

std::optional<int> ZipArchive::Find(absl::string_view name) const {
  const auto found = index_.find(name);
  if (found == index_.end()) return std::nullopt;
  return found->second;
}

absl::StatusOr<std::string> ZipArchive::Read(int member, uint64_t most) const {
  const auto [name, size] = members_[member];
  const auto damaged = [name = name] {
    return absl::DataLossError(
        absl::StrCat("its member '", name, "' cannot be read: it is damaged"));
  };
  if (size > most) {
    return absl::DataLossError(absl::StrCat("its member '", name, "' has ",
                                            size, " bytes, more than the ",
                                            most, " that it may have"));
  }
  zip_file_t* file = zip_fopen_index(archive_, member, 0);
  if (file == nullptr) return damaged();
  const absl::Cleanup close = [file] { zip_fclose(file); };
  std::string content;
  // Piece by piece: the directory may promise more than there is.
  constexpr size_t kPiece = size_t{1} << 20;
  while (content.size() < size) {
    const size_t had = content.size();
    content.resize(std::min<size_t>(size, had + kPiece));
    const zip_int64_t got =
        zip_fread(file, content.data() + had, content.size() - had);
    if (got <= 0) return damaged();
    content.resize(had + got);
  }
  return content;
}

bool ZipArchive::IsThere(int member) const {
  zip_file_t* file = zip_fopen_index(archive_, member, 0);
  if (file == nullptr) return false;
  zip_fclose(file);
  return true;
}

}  // namespace strata
