// Kernels for meta tensors that are registered again and again.

#ifndef STRATA_PYTHON_EXTENSION_KERNEL_LIST_H_
#define STRATA_PYTHON_EXTENSION_KERNEL_LIST_H_

#include <ATen/core/boxing/KernelFunction.h>
#include <ATen/core/dispatch/CppSignature.h>
#include <ATen/core/dispatch/RegistrationHandleRAII.h>
#include <ATen/core/operator_name.h>

#include <utility>
#include <vector>

namespace strata::python {

// What torch::Library does for one at each registration (it parses the name and
// makes a schema of the signature) takes longer than the registration: here it
// is done once. LibTorch checks signatures against those of its own kernels.
class KernelList {
 public:
  // `name` is without "aten::"; of overloaded functions Signature is the one.
  template <typename Signature>
  void Add(const char* name, Signature* function) {
    Add(name, c10::KernelFunction::makeFromUnboxedRuntimeFunction(function),
        c10::impl::CppSignature::make<Signature>());
  }

  // A function object.
  template <typename Signature, typename Function>
  void AddObject(const char* name, Function function) {
    Add(name, c10::KernelFunction::makeFromUnboxedLambda(std::move(function)),
        c10::impl::CppSignature::make<Signature>());
  }

  // They are in use until the last handle is gone.
  std::vector<c10::RegistrationHandleRAII> Register() const;

 private:
  struct Kernel {
    c10::OperatorName name;
    c10::KernelFunction function;
    c10::impl::CppSignature signature;
  };

  void Add(const char* name, c10::KernelFunction function,
           c10::impl::CppSignature signature);

  std::vector<Kernel> kernels_;
};

}  // namespace strata::python

#endif  // STRATA_PYTHON_EXTENSION_KERNEL_LIST_H_
