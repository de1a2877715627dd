#include "plugins/sources/exported_run/weight_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "core/printable.h"

namespace strata::exported_run {
namespace {

// More than any tensor has; a packed record says itself how large it is.
constexpr uint64_t kMostBytes = uint64_t{1} << 40;

}  // namespace

absl::StatusOr<std::unique_ptr<WeightFile>> WeightFile::Open(
    const std::string& file, exported_program::Archive& archive) {
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return absl::NotFoundError(std::strerror(errno));
  const absl::Cleanup close_it = [descriptor] { close(descriptor); };
  struct stat info;
  if (fstat(descriptor, &info) != 0 || info.st_size <= 0) {
    return absl::DataLossError("it is empty");
  }
  const auto size = static_cast<size_t>(info.st_size);
  void* mapped =
      mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptor, 0);
  if (mapped == MAP_FAILED) {
    return absl::ResourceExhaustedError(
        absl::StrCat("it cannot be mapped: ", std::strerror(errno)));
  }
  std::shared_ptr<char> bytes(static_cast<char*>(mapped),
                              [size](char* data) { munmap(data, size); });
  return std::unique_ptr<WeightFile>(
      new WeightFile(std::move(bytes), size, archive));
}

absl::StatusOr<RecordBytes> WeightFile::Read(absl::string_view member) {
  const std::optional<exported_program::Archive::Place> place =
      archive_.Stored(member);
  // The file may have become shorter since its directory was read.
  if (place && place->begin <= size_ && place->size <= size_ - place->begin) {
    return RecordBytes{bytes_.get() + place->begin, place->size, bytes_};
  }
  if (!archive_.has(member)) {
    return absl::DataLossError(absl::StrCat("the archive has no member '",
                                            Printable(member, true), "'"));
  }
  absl::StatusOr<std::string> unpacked = archive_.Unpack(member, kMostBytes);
  if (!unpacked.ok()) return unpacked.status();
  auto owner = std::make_shared<std::string>(*std::move(unpacked));
  return RecordBytes{owner->data(), owner->size(), owner};
}

}  // namespace strata::exported_run
