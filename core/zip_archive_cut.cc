#include "core/zip_archive_cut.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

// libzip says neither where a directory really begins nor where its members
// do; both are read here, by PKWARE's APPNOTE.TXT, sections 4.3 and 4.5.3.

namespace strata {
namespace {

constexpr absl::string_view kLocalHeader = "PK\x03\x04";
constexpr absl::string_view kDirectoryEntry = "PK\x01\x02";
constexpr absl::string_view kDirectoryEnd = "PK\x05\x06";
constexpr absl::string_view kDirectoryEnd64 = "PK\x06\x06";
constexpr absl::string_view kLocator64 = "PK\x06\x07";
constexpr size_t kLocalHeaderSize = 30;
constexpr size_t kEntrySize = 46;
constexpr size_t kEndSize = 22;
constexpr size_t kEnd64Size = 56;
constexpr size_t kLocatorSize = 20;
constexpr uint64_t kIn64Bits = 0xffffffff;

uint64_t Number(absl::string_view bytes, size_t at, int size) {
  uint64_t number = 0;
  if (at + size > bytes.size()) return 0;
  for (int i = size; i > 0; --i) {
    number = number << 8 | static_cast<unsigned char>(bytes[at + i - 1]);
  }
  return number;
}

struct Directory {
  uint64_t begin = 0;  // Where it is.
  uint64_t size = 0;
  uint64_t stated = 0;  // Where it says that it is.
};

std::optional<Directory> FindDirectory(absl::string_view file) {
  const size_t end = file.rfind(kDirectoryEnd);
  if (end == absl::string_view::npos || file.size() - end < kEndSize) {
    return std::nullopt;
  }
  Directory directory;
  directory.size = Number(file, end + 12, 4);
  directory.stated = Number(file, end + 16, 4);
  size_t after = end;
  if (end >= kLocatorSize + kEnd64Size &&
      absl::StartsWith(file.substr(end - kLocatorSize), kLocator64)) {
    after = end - kLocatorSize - kEnd64Size;
    if (!absl::StartsWith(file.substr(after), kDirectoryEnd64)) {
      return std::nullopt;
    }
    directory.size = Number(file, after + 40, 8);
    directory.stated = Number(file, after + 48, 8);
  }
  if (directory.size > after) return std::nullopt;
  directory.begin = after - directory.size;
  return directory;
}

// Where a member's own header lies, and its name.
struct Place {
  uint64_t offset;
  absl::string_view name;
};

uint64_t OffsetOf(absl::string_view entry, absl::string_view extra) {
  const uint64_t offset = Number(entry, 42, 4);
  if (offset != kIn64Bits) return offset;
  while (extra.size() >= 4) {
    const size_t size = Number(extra, 2, 2);
    if (Number(extra, 0, 2) == 1) {
      // The sizes come first, those that are in 64 bits.
      const size_t at = 4 + (Number(entry, 24, 4) == kIn64Bits ? 8 : 0) +
                        (Number(entry, 20, 4) == kIn64Bits ? 8 : 0);
      return Number(extra, at, 8);
    }
    extra.remove_prefix(std::min(extra.size(), 4 + size));
  }
  return offset;
}

std::vector<Place> PlacesIn(absl::string_view directory) {
  std::vector<Place> places;
  while (absl::StartsWith(directory, kDirectoryEntry) &&
         directory.size() >= kEntrySize) {
    const size_t name = Number(directory, 28, 2);
    const size_t extra = Number(directory, 30, 2);
    const size_t comment = Number(directory, 32, 2);
    if (directory.size() < kEntrySize + name + extra + comment) break;
    places.push_back(
        {OffsetOf(directory, directory.substr(kEntrySize + name, extra)),
         directory.substr(kEntrySize, name)});
    directory.remove_prefix(kEntrySize + name + extra + comment);
  }
  return places;
}

bool IsAt(absl::string_view file, uint64_t offset, absl::string_view name) {
  if (offset > file.size() || file.size() - offset < kLocalHeaderSize) {
    return false;
  }
  file.remove_prefix(offset);
  return absl::StartsWith(file, kLocalHeader) &&
         absl::StartsWith(file.substr(kLocalHeaderSize), name);
}

}  // namespace

std::unique_ptr<ZipArchive::CutFile> ZipArchive::CutFile::Open(
    const std::string& file) {
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return nullptr;
  const absl::Cleanup close_it = [descriptor] { close(descriptor); };
  struct stat info;
  if (fstat(descriptor, &info) != 0 || info.st_size <= 0) return nullptr;
  void* mapped =
      mmap(nullptr, info.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (mapped == MAP_FAILED) return nullptr;
  std::unique_ptr<CutFile> cut(new CutFile());
  cut->bytes_ = static_cast<const char*>(mapped);
  cut->size_ = info.st_size;
  if (!cut->FindCut()) return nullptr;
  void* zeros = mmap(nullptr, cut->cut_size_, PROT_READ,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (zeros == MAP_FAILED) return nullptr;
  cut->zeros_ = static_cast<const char*>(zeros);
  return cut;
}

ZipArchive::CutFile::~CutFile() {
  munmap(const_cast<char*>(bytes_), size_);
  if (zeros_ != nullptr) munmap(const_cast<char*>(zeros_), cut_size_);
}

bool ZipArchive::CutFile::FindCut() {
  const absl::string_view file(bytes_, size_);
  const std::optional<Directory> directory = FindDirectory(file);
  if (!directory || directory->stated <= directory->begin) return false;
  cut_size_ = directory->stated - directory->begin;
  cut_at_ = directory->begin;
  std::vector<Place> places =
      PlacesIn(file.substr(directory->begin, directory->size));
  std::sort(places.begin(), places.end(),
            [](const Place& a, const Place& b) { return a.offset < b.offset; });
  for (const Place& place : places) {
    if (place.offset < cut_size_ || IsAt(file, place.offset, place.name)) {
      continue;
    }
    if (!IsAt(file, place.offset - cut_size_, place.name)) continue;
    cut_at_ = place.offset - cut_size_;
    break;
  }
  return !places.empty();
}

zip_t* ZipArchive::CutFile::OpenArchive() const {
  // libzip only reads what it is given here.
  const auto piece = [](const char* bytes, uint64_t size) {
    return zip_buffer_fragment_t{
        reinterpret_cast<zip_uint8_t*>(const_cast<char*>(bytes)), size};
  };
  const zip_buffer_fragment_t pieces[] = {
      piece(bytes_, cut_at_), piece(zeros_, cut_size_),
      piece(bytes_ + cut_at_, size_ - cut_at_)};
  zip_error_t error;
  zip_error_init(&error);
  const absl::Cleanup fini = [&error] { zip_error_fini(&error); };
  zip_source_t* source = zip_source_buffer_fragment_create(
      pieces, std::size(pieces), /*freep=*/0, &error);
  if (source == nullptr) return nullptr;
  zip_t* archive = zip_open_from_source(source, ZIP_RDONLY, &error);
  if (archive == nullptr) zip_source_free(source);
  return archive;
}

}  // namespace strata
