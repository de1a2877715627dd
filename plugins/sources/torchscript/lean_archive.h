// A TorchScript archive without its tensors' bytes.

#ifndef STRATA_PLUGINS_SOURCES_TORCHSCRIPT_LEAN_ARCHIVE_H_
#define STRATA_PLUGINS_SOURCES_TORCHSCRIPT_LEAN_ARCHIVE_H_

#include <caffe2/serialize/read_adapter_interface.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace strata::torchscript {

// What LibTorch reads in place of the file: an archive of the same members, of
// which code, structure and constants have their content, and the records of
// tensors (`*/data/*`, `*/constants/*`), apart from single numbers, only their
// sizes. Reading these leaves
// the reader's memory as it is, so that pages of it which nobody touches cost
// nothing; compressed ones are not unpacked; they need not even be in the file.
// Immutable once it is open.
class LeanArchive : public caffe2::serialize::ReadAdapterInterface {
 public:
  // Error (kDataLoss): the file's directory, or a member that is read, is
  // damaged.
  static absl::StatusOr<std::shared_ptr<LeanArchive>> Open(
      const std::string& file);

  size_t size() const override { return size_; }
  size_t read(uint64_t pos, void* buf, size_t n,
              const char* what = "") const override;

 private:
  // A run of bytes of the archive; without content it is a tensor's.
  struct Piece {
    uint64_t begin;
    uint64_t size;
    std::string content;
  };

  void Append(std::string content);
  void AppendNothing(uint64_t size);

  std::vector<Piece> pieces_;  // In order, without gaps.
  uint64_t size_ = 0;
};

}  // namespace strata::torchscript

#endif  // STRATA_PLUGINS_SOURCES_TORCHSCRIPT_LEAN_ARCHIVE_H_
