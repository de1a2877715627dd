#include "core/zip_archive.h"

#include <sys/mman.h>
#include <zip.h>

#include <algorithm>
#include <iterator>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

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

ZipArchive::~ZipArchive() {
  if (archive_ != nullptr) zip_discard(archive_);
  if (zeros_ != nullptr) munmap(const_cast<char*>(zeros_), cut_.size);
}

absl::StatusOr<std::shared_ptr<ZipArchive>> ZipArchive::Open(
    const std::string& file) {
  std::shared_ptr<ZipArchive> opened(new ZipArchive(file));
  int code = 0;
  opened->archive_ = zip_open(file.c_str(), ZIP_RDONLY, &code);
  if (opened->archive_ == nullptr && !opened->OpenCut()) return OpenError(code);
  opened->ReadDirectory();
  return opened;
}

// With zeros where the missing part was, members lie where the directory says.
bool ZipArchive::OpenCut() {
  cut_file_ = MappedFile::Open(file_);
  if (cut_file_ == nullptr) return false;
  const absl::string_view bytes = cut_file_->bytes();
  const std::optional<ZipDirectory> directory = FindZipDirectory(bytes);
  if (!directory) return false;
  const std::optional<ZipCut> cut = FindZipCut(bytes, *directory);
  if (!cut) return false;
  // Address space, without memory.
  void* zeros = mmap(nullptr, cut->size, PROT_READ,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (zeros == MAP_FAILED) return false;
  cut_ = *cut;
  zeros_ = static_cast<const char*>(zeros);
  // libzip only reads what it is given here.
  const auto piece = [](absl::string_view part) {
    return zip_buffer_fragment_t{
        reinterpret_cast<zip_uint8_t*>(const_cast<char*>(part.data())),
        part.size()};
  };
  const zip_buffer_fragment_t pieces[] = {piece(bytes.substr(0, cut_.at)),
                                          piece({zeros_, cut_.size}),
                                          piece(bytes.substr(cut_.at))};
  zip_error_t error;
  zip_error_init(&error);
  const absl::Cleanup fini = [&error] { zip_error_fini(&error); };
  zip_source_t* source = zip_source_buffer_fragment_create(
      pieces, std::size(pieces), /*freep=*/0, &error);
  if (source == nullptr) return false;
  archive_ = zip_open_from_source(source, ZIP_RDONLY, &error);
  if (archive_ == nullptr) zip_source_free(source);
  return archive_ != nullptr;
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

std::vector<bool> ZipArchive::Missing() const {
  std::vector<bool> missing(members_.size(), false);
  const std::unique_ptr<MappedFile> file = MappedFile::Open(file_);
  if (file == nullptr) return missing;
  const std::optional<ZipDirectory> directory = FindZipDirectory(file->bytes());
  if (!directory || directory->places.size() != members_.size()) return missing;
  bool any = false;
  const auto look = [&](size_t i) {
    missing[i] = !IsZipMemberThere(file->bytes(), directory->places[i], cut_);
    any |= missing[i];
  };
  constexpr size_t kFew = 16;
  const size_t count = members_.size();
  const size_t step = std::max<size_t>(1, count / kFew);
  for (size_t i = 0; i < count; i += step) look(i);
  for (const ZipPlace& place : directory->places) {
    any |= place.size > file->bytes().size();
  }
  if (any || cut_.size > 0 || file->has_holes()) {
    for (size_t i = 0; i < count; ++i) look(i);
  }
  return missing;
}

}  // namespace strata
