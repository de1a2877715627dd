#include "core/zip_directory.h"

#include <algorithm>

#include "absl/strings/match.h"

// By PKWARE's APPNOTE.TXT, sections 4.3 and 4.5.3.

namespace strata {
namespace {

constexpr absl::string_view kLocalHeader = "PK\x03\x04";
constexpr absl::string_view kEntry = "PK\x01\x02";
constexpr absl::string_view kEnd = "PK\x05\x06";
constexpr absl::string_view kEnd64 = "PK\x06\x06";
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

// The field of 64-bit numbers among an entry's extra fields, or "".
absl::string_view In64Bits(absl::string_view extra) {
  while (extra.size() >= 4) {
    const size_t size = Number(extra, 2, 2);
    if (Number(extra, 0, 2) == 1) return extra.substr(4, size);
    extra.remove_prefix(std::min(extra.size(), 4 + size));
  }
  return "";
}

ZipPlace PlaceOf(absl::string_view entry, absl::string_view name,
                 absl::string_view extra) {
  ZipPlace place = {name, Number(entry, 42, 4), Number(entry, 20, 4)};
  // Unpacked size, size and offset, those of them that are in 64 bits.
  const absl::string_view numbers = In64Bits(extra);
  size_t at = Number(entry, 24, 4) == kIn64Bits ? 8 : 0;
  if (place.size == kIn64Bits) {
    place.size = Number(numbers, at, 8);
    at += 8;
  }
  if (place.offset == kIn64Bits) place.offset = Number(numbers, at, 8);
  return place;
}

std::vector<ZipPlace> PlacesIn(absl::string_view directory) {
  std::vector<ZipPlace> places;
  while (absl::StartsWith(directory, kEntry) &&
         directory.size() >= kEntrySize) {
    const size_t name = Number(directory, 28, 2);
    const size_t extra = Number(directory, 30, 2);
    const size_t comment = Number(directory, 32, 2);
    if (directory.size() < kEntrySize + name + extra + comment) break;
    places.push_back(PlaceOf(directory, directory.substr(kEntrySize, name),
                             directory.substr(kEntrySize + name, extra)));
    directory.remove_prefix(kEntrySize + name + extra + comment);
  }
  return places;
}

bool HasHeaderAt(absl::string_view file, uint64_t offset,
                 absl::string_view name) {
  if (offset > file.size() || file.size() - offset < kLocalHeaderSize) {
    return false;
  }
  file.remove_prefix(offset);
  return absl::StartsWith(file, kLocalHeader) &&
         absl::StartsWith(file.substr(kLocalHeaderSize), name);
}

}  // namespace

std::optional<ZipDirectory> FindZipDirectory(absl::string_view file) {
  // Behind the end there may be a comment of 64 KiB.
  const size_t tail = std::min<size_t>(file.size(), kEndSize + 0xffff);
  const size_t found = file.substr(file.size() - tail).rfind(kEnd);
  if (found == absl::string_view::npos) return std::nullopt;
  const size_t end = file.size() - tail + found;
  if (file.size() - end < kEndSize) return std::nullopt;
  uint64_t size = Number(file, end + 12, 4);
  ZipDirectory directory;
  directory.stated = Number(file, end + 16, 4);
  size_t after = end;
  if (end >= kLocatorSize + kEnd64Size &&
      absl::StartsWith(file.substr(end - kLocatorSize), kLocator64)) {
    after = end - kLocatorSize - kEnd64Size;
    if (!absl::StartsWith(file.substr(after), kEnd64)) return std::nullopt;
    size = Number(file, after + 40, 8);
    directory.stated = Number(file, after + 48, 8);
  }
  if (size > after) return std::nullopt;
  directory.begin = after - size;
  directory.places = PlacesIn(file.substr(directory.begin, size));
  return directory;
}

std::optional<ZipCut> FindZipCut(absl::string_view file,
                                 const ZipDirectory& directory) {
  if (directory.stated <= directory.begin || directory.places.empty()) {
    return std::nullopt;
  }
  ZipCut cut = {directory.begin, directory.stated - directory.begin};
  for (const ZipPlace& place : directory.places) {
    if (place.offset < cut.size ||
        HasHeaderAt(file, place.offset, place.name)) {
      continue;
    }
    const uint64_t earlier = place.offset - cut.size;
    if (earlier < cut.at && HasHeaderAt(file, earlier, place.name)) {
      cut.at = earlier;
    }
  }
  return cut;
}

bool IsZipMemberThere(absl::string_view file, const ZipPlace& place,
                      const ZipCut& cut) {
  ZipPlace here = place;
  if (cut.size > 0 && place.offset >= cut.at) {
    if (place.offset < cut.at + cut.size) return false;
    here.offset -= cut.size;
  }
  if (!HasHeaderAt(file, here.offset, here.name)) return false;
  // (A header's extra field only makes the member end later.)
  const uint64_t begin = here.offset + kLocalHeaderSize + here.name.size();
  const uint64_t end_of_room =
      here.offset < cut.at && cut.size > 0 ? cut.at : file.size();
  return begin <= end_of_room && here.size <= end_of_room - begin;
}

}  // namespace strata
