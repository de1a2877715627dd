#include "core/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/cleanup/cleanup.h"

namespace strata {

std::unique_ptr<MappedFile> MappedFile::Open(const std::string& file) {
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return nullptr;
  const absl::Cleanup close_it = [descriptor] { close(descriptor); };
  struct stat info;
  if (fstat(descriptor, &info) != 0 || info.st_size <= 0) return nullptr;
  void* mapped =
      mmap(nullptr, info.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (mapped == MAP_FAILED) return nullptr;
  std::unique_ptr<MappedFile> opened(new MappedFile());
  opened->bytes_ = {static_cast<const char*>(mapped),
                    static_cast<size_t>(info.st_size)};
  // The end of a file counts as a hole.
  const off_t hole = lseek(descriptor, 0, SEEK_HOLE);
  opened->has_holes_ = hole >= 0 && hole < info.st_size;
  return opened;
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

}  // namespace strata
