// Meta tensors that know where their values are.

#ifndef STRATA_PLUGINS_SOURCES_TORCHSCRIPT_KEPT_VALUES_H_
#define STRATA_PLUGINS_SOURCES_TORCHSCRIPT_KEPT_VALUES_H_

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>

#include <memory>
#include <optional>

#include "core/zip_archive.h"

namespace strata::torchscript {

// In place of the bytes of a tensor on the CPU: a null pointer, which knows the
// member of `archive` that has them. Nobody may compute with such a tensor
// before it went through GiveMeta.
at::DataPtr NoMemory(std::shared_ptr<const ZipArchive> archive, int member);

// Puts meta tensors in place of those in `value`, also inside of lists, tuples
// and dicts, which stay the same objects. Single numbers stay as they are: code
// branches on them. Raises where a tensor has no meta form, as a quantized one.
void GiveMeta(c10::IValue& value);

// The values of what GiveMeta gave, or of a view of it, read now; nothing where
// there are none, where they were written to since, or cannot be read.
std::optional<at::Tensor> ValuesOf(const at::Tensor& meta);

}  // namespace strata::torchscript

#endif  // STRATA_PLUGINS_SOURCES_TORCHSCRIPT_KEPT_VALUES_H_
