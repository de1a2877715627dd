#include "plugins/sources/torchscript/lean_archive.h"

#include <zip.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace strata::torchscript {
namespace {

// Little-endian fields of the zip format (PKWARE's APPNOTE.TXT, section 4.3),
// with the 64-bit forms throughout.
class Fields {
 public:
  Fields& Two(uint16_t value) { return Put(value, 2); }
  Fields& Four(uint32_t value) { return Put(value, 4); }
  Fields& Eight(uint64_t value) { return Put(value, 8); }
  Fields& Text(absl::string_view text) {
    absl::StrAppend(&bytes_, text);
    return *this;
  }
  std::string Take() { return std::move(bytes_); }

 private:
  Fields& Put(uint64_t value, int size) {
    for (int i = 0; i < size; ++i) {
      bytes_ += static_cast<char>(value >> (8 * i) & 0xff);
    }
    return *this;
  }
  std::string bytes_;
};

constexpr uint16_t kVersion = 45;           // That knows the 64-bit forms.
constexpr uint32_t kIn64Bits = 0xffffffff;  // The real value is in the extra.

std::string LocalHeader(absl::string_view name, uint64_t size) {
  return Fields()
      .Four(0x04034b50)
      .Two(kVersion)
      .Two(0)
      .Two(0)  // Stored.
      .Four(0)
      .Four(0)  // No checksum: LibTorch looks at none.
      .Four(kIn64Bits)
      .Four(kIn64Bits)
      .Two(static_cast<uint16_t>(name.size()))
      .Two(20)
      .Text(name)
      .Two(1)
      .Two(16)
      .Eight(size)
      .Eight(size)
      .Take();
}

std::string DirectoryEntry(absl::string_view name, uint64_t size,
                           uint64_t offset) {
  return Fields()
      .Four(0x02014b50)
      .Two(kVersion)
      .Two(kVersion)
      .Two(0)
      .Two(0)
      .Four(0)
      .Four(0)
      .Four(kIn64Bits)
      .Four(kIn64Bits)
      .Two(static_cast<uint16_t>(name.size()))
      .Two(28)
      .Two(0)
      .Two(0)
      .Two(0)
      .Four(0)
      .Four(kIn64Bits)
      .Text(name)
      .Two(1)
      .Two(24)
      .Eight(size)
      .Eight(size)
      .Eight(offset)
      .Take();
}

std::string DirectoryEnd(uint64_t count, uint64_t size, uint64_t offset) {
  return Fields()
      .Four(0x06064b50)
      .Eight(44)
      .Two(kVersion)
      .Two(kVersion)
      .Four(0)
      .Four(0)
      .Eight(count)
      .Eight(count)
      .Eight(size)
      .Eight(offset)
      // Where that stands.
      .Four(0x07064b50)
      .Four(0)
      .Eight(offset + size)
      .Four(1)
      // The old form, which sends to the new one.
      .Four(0x06054b50)
      .Two(0xffff)
      .Two(0xffff)
      .Two(0xffff)
      .Two(0xffff)
      .Four(kIn64Bits)
      .Four(kIn64Bits)
      .Two(0)
      .Take();
}

// "model/data/17" and "model/constants/3", not "model/data.pkl".
bool IsTensor(absl::string_view name) {
  const size_t slash = name.find('/');
  if (slash == absl::string_view::npos) return false;
  name.remove_prefix(slash + 1);
  return absl::StartsWith(name, "data/") ||
         absl::StartsWith(name, "constants/");
}

// A tensor of one number has its value: code may branch on it.
constexpr uint64_t kNumberBytes = 16;

// Tells where a line of code came from in Python; nothing that is needed.
bool IsDebugInfo(absl::string_view name) {
  return absl::EndsWith(name, ".debug_pkl");
}

absl::Status Damaged(absl::string_view name) {
  return absl::DataLossError(
      absl::StrCat("its member '", name, "' cannot be read: it is damaged"));
}

absl::StatusOr<std::string> Content(zip_t* archive, zip_uint64_t index,
                                    const zip_stat_t& stat) {
  // More than any code: a size like that is a lie, or no TorchScript file.
  constexpr uint64_t kMost = uint64_t{1} << 31;
  if (stat.size > kMost) return Damaged(stat.name);
  zip_file_t* member = zip_fopen_index(archive, index, 0);
  if (member == nullptr) return Damaged(stat.name);
  const absl::Cleanup close = [member] { zip_fclose(member); };
  std::string content;
  // Piece by piece: the directory may promise more than there is.
  constexpr size_t kPiece = size_t{1} << 20;
  while (content.size() < stat.size) {
    const size_t had = content.size();
    content.resize(std::min<size_t>(stat.size, had + kPiece));
    const zip_int64_t got =
        zip_fread(member, content.data() + had, content.size() - had);
    if (got <= 0) return Damaged(stat.name);
    content.resize(had + got);
  }
  return content;
}

}  // namespace

absl::StatusOr<std::shared_ptr<LeanArchive>> LeanArchive::Open(
    const std::string& file) {
  int code = 0;
  zip_t* archive = zip_open(file.c_str(), ZIP_RDONLY, &code);
  if (archive == nullptr) {
    return absl::DataLossError("its directory cannot be read");
  }
  const absl::Cleanup close = [archive] { zip_discard(archive); };
  auto lean = std::make_shared<LeanArchive>();
  const zip_int64_t count = zip_get_num_entries(archive, 0);
  std::string directory;
  uint64_t members = 0;
  for (zip_int64_t i = 0; i < count; ++i) {
    zip_stat_t stat;
    if (zip_stat_index(archive, i, 0, &stat) != 0) {
      return absl::DataLossError("its directory is damaged");
    }
    if (IsDebugInfo(stat.name)) continue;
    const uint64_t offset = lean->size_;
    lean->Append(LocalHeader(stat.name, stat.size));
    if (IsTensor(stat.name) && stat.size > kNumberBytes) {
      lean->AppendNothing(stat.size);
    } else {
      absl::StatusOr<std::string> content = Content(archive, i, stat);
      if (!content.ok()) return content.status();
      lean->Append(*std::move(content));
    }
    absl::StrAppend(&directory, DirectoryEntry(stat.name, stat.size, offset));
    ++members;
  }
  const uint64_t offset = lean->size_;
  absl::StrAppend(&directory, DirectoryEnd(members, directory.size(), offset));
  lean->Append(std::move(directory));
  return lean;
}

void LeanArchive::Append(std::string content) {
  if (content.empty()) return;
  const uint64_t size = content.size();
  pieces_.push_back({size_, size, std::move(content)});
  size_ += size;
}

void LeanArchive::AppendNothing(uint64_t size) {
  if (size == 0) return;
  pieces_.push_back({size_, size, ""});
  size_ += size;
}

size_t LeanArchive::read(uint64_t pos, void* buf, size_t n,
                         const char* /*what*/) const {
  // The last piece that begins at `pos` or before.
  auto piece = std::upper_bound(
      pieces_.begin(), pieces_.end(), pos,
      [](uint64_t at, const Piece& p) { return at < p.begin; });
  if (piece == pieces_.begin() || pos >= size_) return 0;
  --piece;
  size_t done = 0;
  for (; piece != pieces_.end() && done < n; ++piece) {
    const uint64_t from = pos + done - piece->begin;
    const size_t size = std::min<uint64_t>(n - done, piece->size - from);
    if (!piece->content.empty()) {
      std::memcpy(static_cast<char*>(buf) + done, piece->content.data() + from,
                  size);
    }
    done += size;
  }
  return done;
}

}  // namespace strata::torchscript
