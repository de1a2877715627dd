// Meta tensors that know where their values are.

#ifndef STRATA_PLUGINS_SOURCES_TORCHSCRIPT_KEPT_VALUES_H_
#define STRATA_PLUGINS_SOURCES_TORCHSCRIPT_KEPT_VALUES_H_

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>

#include <memory>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "core/zip_archive.h"

namespace strata::torchscript {

// In place of the bytes of a tensor on the CPU: a pointer to no memory, or to
// `zeros`, which knows the member of `archive` that has them. Without zeros,
// nobody may compute with such a tensor before MetaTensors took its place.
at::DataPtr NoMemory(std::shared_ptr<const ZipArchive> archive, int member,
                     std::shared_ptr<void> zeros = nullptr);

// Zeros that the system has no memory for until they are read. Null where even
// the addresses are too many.
std::shared_ptr<void> PagesOfZeros(size_t bytes);

// Puts meta tensors in place of loaded ones, one for each.
class MetaTensors {
 public:
  // In place of those in `value`, also inside of lists, tuples and dicts, which
  // stay the same objects. Single numbers stay as they are: code branches on
  // them.
  void GiveTo(c10::IValue& value);

 private:
  at::Tensor Of(const at::Tensor& loaded);
  void GiveInside(const c10::IValue& container, std::vector<c10::IValue>& more);

  struct Pair {
    at::Tensor loaded;  // Held, so that its address stays its own.
    at::Tensor meta;
  };
  absl::flat_hash_map<const void*, Pair> made_;
};

// The values of what MetaTensors made, or of a view of it, read now; nothing
// where there are none, where they were written to since, or cannot be read.
std::optional<at::Tensor> ValuesOf(const at::Tensor& meta);

}  // namespace strata::torchscript

#endif  // STRATA_PLUGINS_SOURCES_TORCHSCRIPT_KEPT_VALUES_H_
