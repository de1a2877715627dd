#include "plugins/sources/exported_program/archive.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/error.h"
#include "core/printable.h"
#include "plugins/sources/exported_program/json_reader.h"

namespace strata::exported_program {
namespace {

constexpr absl::string_view kFormatMember = "/archive_format";
constexpr absl::string_view kModels = "/models/";
constexpr absl::string_view kOldProgram = "serialized_exported_program.json";

uint32_t Little(absl::string_view bytes, size_t at, int count) {
  uint32_t value = 0;
  for (int i = count - 1; i >= 0; --i) {
    value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  }
  return value;
}

// Where the bytes of a member are that is stored as it is, with room after
// them; nothing for one that is packed or is not where the directory says.
std::optional<absl::string_view> StoredBytes(absl::string_view file,
                                             const ZipPlace& place) {
  constexpr uint64_t kHeader = 30;
  if (place.offset > file.size() || file.size() - place.offset < kHeader ||
      file.substr(place.offset, 4) != absl::string_view("PK\x03\x04", 4)) {
    return std::nullopt;
  }
  const uint32_t flags = Little(file, place.offset + 6, 2);
  const uint32_t method = Little(file, place.offset + 8, 2);
  const uint64_t begin = place.offset + kHeader +
                         Little(file, place.offset + 26, 2) +
                         Little(file, place.offset + 28, 2);
  // The directory stands after it, so that there is room in any sound file.
  if (method != 0 || (flags & 1) != 0 || begin > file.size() ||
      file.size() - begin < JsonReader::kPadding ||
      place.size > file.size() - begin - JsonReader::kPadding) {
    return std::nullopt;
  }
  return file.substr(begin, place.size);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Archive>> Archive::Open(
    const std::string& file) {
  std::unique_ptr<Archive> archive(new Archive(file));
  archive->file_ = MappedFile::Open(file);
  if (archive->file_ == nullptr) {
    return absl::NotFoundError("it cannot be opened");
  }
  std::optional<ZipDirectory> directory =
      FindZipDirectory(archive->file_->bytes());
  if (!directory) {
    return absl::DataLossError("it is no zip archive, or it is truncated");
  }
  archive->directory_ = *std::move(directory);
  for (const ZipPlace& place : archive->directory_.places) {
    archive->places_.try_emplace(place.name, &place);
  }
  const absl::Status found = archive->FindPrograms();
  if (!found.ok()) return found;
  return archive;
}

absl::Status Archive::FindPrograms() {
  // torch names the folder that all is in after the file.
  bool is_compiled = false;
  bool has_format = false;
  for (const ZipPlace& place : directory_.places) {
    absl::string_view root = place.name;
    if (!has_format && absl::ConsumeSuffix(&root, kFormatMember) &&
        !absl::StrContains(root, '/')) {
      root_ = std::string(root);
      has_format = true;
    }
    is_compiled |= absl::StrContains(place.name, "/data/aotinductor/");
  }
  const std::string models = absl::StrCat(root_, kModels);
  for (const ZipPlace& place : directory_.places) {
    absl::string_view name = place.name;
    if (!has_format || !absl::ConsumePrefix(&name, models) ||
        !absl::ConsumeSuffix(&name, ".json") || absl::StrContains(name, '/')) {
      continue;
    }
    const auto config = [&](absl::string_view of) {
      std::string member =
          absl::StrCat(root_, "/data/", of, "/", name, "_", of, "_config.json");
      return has(member) ? member : std::string();
    };
    programs_.push_back({std::string(name), std::string(place.name),
                         config("weights"), config("constants")});
  }
  if (programs_.empty() && has(kOldProgram)) {
    programs_.push_back({"model", std::string(kOldProgram), "", ""});
  }
  if (!programs_.empty()) return absl::OkStatus();
  if (is_compiled) {
    return WithHint(
        absl::UnimplementedError(
            "it is a compiled package (AOTInductor): machine code without the "
            "program that it was compiled of, which would have to be run"),
        "save the program itself: torch.export.save(torch.export.export(model, "
        "inputs), FILE)");
  }
  return absl::DataLossError(
      absl::StrCat("it holds no program: it has no member '",
                   Printable(root_, true), "/models/NAME.json'"));
}

const ZipArchive* Archive::Packed() {
  if (!tried_packed_) {
    tried_packed_ = true;
    absl::StatusOr<std::shared_ptr<ZipArchive>> opened =
        ZipArchive::Open(path_);
    if (opened.ok()) packed_ = *std::move(opened);
  }
  return packed_.get();
}

uint64_t Archive::size(absl::string_view member) {
  const auto found = places_.find(member);
  if (found == places_.end()) return 0;
  // A packed member of nothing has some bytes. Of others the header need not be
  // touched, which costs a page each.
  constexpr uint64_t kFew = 16;
  if (found->second->size > kFew ||
      StoredBytes(file_->bytes(), *found->second)) {
    return found->second->size;
  }
  const ZipArchive* packed = Packed();
  const std::optional<int> index =
      packed == nullptr ? std::nullopt : packed->Find(member);
  return index ? packed->members()[*index].size : 0;
}

std::optional<Archive::Place> Archive::Stored(absl::string_view member) const {
  const auto found = places_.find(member);
  if (found == places_.end()) return std::nullopt;
  const auto stored = StoredBytes(file_->bytes(), *found->second);
  if (!stored) return std::nullopt;
  return Place{static_cast<uint64_t>(stored->data() - file_->bytes().data()),
               stored->size()};
}

absl::StatusOr<std::string> Archive::Unpack(absl::string_view member,
                                            uint64_t most) {
  const ZipArchive* packed = Packed();
  const std::optional<int> index =
      packed == nullptr ? std::nullopt : packed->Find(member);
  if (!index) {
    return absl::DataLossError(absl::StrCat("its member '",
                                            Printable(member, true),
                                            "' cannot be read: it is damaged"));
  }
  return packed->Read(*index, most);
}

absl::StatusOr<absl::string_view> Archive::Read(absl::string_view member) {
  const auto found = places_.find(member);
  if (found == places_.end()) {
    return absl::DataLossError(absl::StrCat("it has no member '", member, "'"));
  }
  const auto stored = StoredBytes(file_->bytes(), *found->second);
  if (stored) {
    if (stored->size() > kMostBytes) {
      return absl::DataLossError(absl::StrCat(
          "its member '", member, "' has ", stored->size(),
          " bytes, more than the ", kMostBytes, " that it may have"));
    }
    return *stored;
  }
  absl::StatusOr<std::string> content = Unpack(member, kMostBytes);
  if (!content.ok()) return content.status();
  unpacked_ = *std::move(content);
  const size_t size = unpacked_.size();
  unpacked_.append(JsonReader::kPadding, '\0');
  return absl::string_view(unpacked_).substr(0, size);
}

}  // namespace strata::exported_program
