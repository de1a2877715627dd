#include "python/extension/kernel_list.h"

#include <ATen/core/dispatch/Dispatcher.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace strata::python {

std::vector<c10::RegistrationHandleRAII> KernelList::Register() const {
  std::vector<c10::RegistrationHandleRAII> handles;
  handles.reserve(kernels_.size());
  for (const Kernel& kernel : kernels_) {
    handles.push_back(c10::Dispatcher::singleton().registerImpl(
        kernel.name, c10::DispatchKey::Meta, kernel.function, kernel.signature,
        /*inferred_function_schema=*/nullptr, "strata's fast_shapes.cc"));
  }
  return handles;
}

void KernelList::Add(const char* name, c10::KernelFunction function,
                     c10::impl::CppSignature signature) {
  // "add.Tensor": the overload comes after the point.
  const absl::string_view text = name;
  const size_t point = text.find('.');
  const absl::string_view overload =
      point == text.npos ? "" : text.substr(point + 1);
  kernels_.push_back(
      {c10::OperatorName(absl::StrCat("aten::", text.substr(0, point)),
                         std::string(overload)),
       std::move(function), signature});
}

}  // namespace strata::python
