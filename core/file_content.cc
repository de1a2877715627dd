#include "core/file_content.h"

#include <fnmatch.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "core/error.h"
#include "core/printable.h"
#include "core/zip_archive.h"

namespace strata {
namespace {

constexpr absl::string_view kWhat = "cannot read model";
// "PK" and then what comes first: a member, or the end of an empty archive.
constexpr absl::string_view kZipMagics[] = {"PK\x03\x04", "PK\x05\x06"};

constexpr absl::string_view kBlank("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);

// Files that people bring by mistake, and what they want to do instead.
struct KnownContent {
  absl::string_view member;  // A glob over a zip archive's members, or
  absl::string_view magic;   // the file's first bytes.
  absl::string_view is;
  absl::string_view hint;
};

constexpr absl::string_view kSaveAsTorchScript =
    "save the model with its code: torch.jit.script(model).save(FILE), or "
    "torch.jit.trace";

constexpr KnownContent kKnown[] = {
    {"*/models/*.json", "", "a torch.export archive (.pt2)",
     kSaveAsTorchScript},
    {"*/data.pkl", "",
     "a checkpoint written by torch.save: tensors without the model's code",
     kSaveAsTorchScript},
    {"", "\x80\x02", "a Python pickle (an old checkpoint of torch.save)",
     kSaveAsTorchScript},
    {"", "\x89HDF", "an HDF5 file (Keras weights?)", kSaveAsTorchScript},
    {"", "GGUF", "a GGUF file", kSaveAsTorchScript},
    {"", "{", "JSON", "a saved summary is shown by: strata show FILE"},
};

absl::Status Error(const std::string& file, absl::string_view why) {
  return MakeError(absl::StatusCode::kNotFound, kWhat, file, why);
}

bool AnyMember(const std::vector<std::string>& members,
               const std::string& glob) {
  for (const std::string& member : members) {
    if (fnmatch(glob.c_str(), member.c_str(), FNM_PATHNAME) == 0) return true;
  }
  return false;
}

absl::StatusOr<std::vector<std::string>> ZipMembers(const std::string& file) {
  absl::StatusOr<std::shared_ptr<ZipArchive>> archive = ZipArchive::Open(file);
  if (!archive.ok()) {
    return WithHint(
        Error(file, absl::StrCat("it begins as a zip archive, but its "
                                 "directory at the end is missing or damaged (",
                                 archive.status().message(),
                                 "): the file is truncated")),
        "copy or download it again");
  }
  std::vector<std::string> members;
  members.reserve((*archive)->members().size());
  for (const ZipArchive::Member& member : (*archive)->members()) {
    members.emplace_back(member.name);
  }
  return members;
}

}  // namespace

absl::StatusOr<FileContent> FileContent::Read(const std::string& file) {
  struct stat info;
  if (stat(file.c_str(), &info) != 0) {
    return Error(file, errno == ENOENT ? "no such file" : std::strerror(errno));
  }
  if (S_ISDIR(info.st_mode)) {
    return Error(file, "it is a folder; expected a model file");
  }
  if (!S_ISREG(info.st_mode)) {
    return Error(file, "it is no regular file; expected a model file");
  }
  if (info.st_size == 0) {
    return Error(file, "it is empty (0 bytes); expected a model file");
  }
  FileContent content;
  content.file_ = file;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return Error(file, std::strerror(errno));
  content.first_bytes_.resize(16);
  stream.read(content.first_bytes_.data(), content.first_bytes_.size());
  content.first_bytes_.resize(stream.gcount());
  for (absl::string_view magic : kZipMagics) {
    content.is_zip_ |= absl::StartsWith(content.first_bytes_, magic);
  }
  // A download that came from its end: what is there may be enough.
  const bool is_blank =
      content.first_bytes_ == kBlank && ZipArchive::Open(file).ok();
  content.is_zip_ |= is_blank;
  if (content.is_zip_) {
    absl::StatusOr<std::vector<std::string>> members = ZipMembers(file);
    if (!members.ok()) return members.status();
    content.members_ = *std::move(members);
  }
  return content;
}

bool FileContent::Matches(absl::string_view signature) const {
  if (!is_zip_ || !absl::ConsumePrefix(&signature, "zip:")) return false;
  for (absl::string_view glob : absl::StrSplit(signature, ',')) {
    if (AnyMember(members_, std::string(glob))) return true;
  }
  return false;
}

absl::Status FileContent::NotReadable(
    const std::vector<std::string>& readable) const {
  const std::string expected =
      readable.empty()
          ? "; no source plugin was found"
          : absl::StrCat("; expected: ", absl::StrJoin(readable, ", or "));
  for (const KnownContent& known : kKnown) {
    const bool is_it =
        known.member.empty()
            ? absl::StartsWith(first_bytes_, known.magic)
            : is_zip_ && AnyMember(members_, std::string(known.member));
    if (is_it) {
      return WithHint(Error(file_, absl::StrCat("it is ", known.is, expected)),
                      known.hint);
    }
  }
  if (is_zip_) {
    return Error(
        file_,
        absl::StrCat("it is a zip archive of something else (", members_.size(),
                     " members",
                     members_.empty()
                         ? ""
                         : absl::StrCat(", the first '",
                                        Printable(members_[0], true), "'"),
                     ")", expected));
  }
  return Error(file_,
               absl::StrCat("it is no zip archive (it begins with \"",
                            absl::CHexEscape(first_bytes_), "\")", expected));
}

}  // namespace strata
