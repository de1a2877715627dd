// A library of operators, as third parties make them: what --op_library loads
// in the tests. `strata_test::halve` has a kernel for shapes, `double` has not,
// `project` calls others, and `spin` gives its input back when the time is
// over.

#include <ATen/core/Tensor.h>
#include <ATen/ops/div.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/mul.h>
#include <torch/library.h>

#include <chrono>
#include <cstdint>

namespace {

at::Tensor Halve(const at::Tensor& x) { return at::div(x, 2); }
at::Tensor HalveShape(const at::Tensor& x) { return at::empty_like(x); }
at::Tensor Double(const at::Tensor& x) { return at::mul(x, 2); }
at::Tensor Project(const at::Tensor& x, const at::Tensor& w) {
  return at::matmul(x, w);
}

at::Tensor Spin(const at::Tensor& x, int64_t us) {
  const auto end =
      std::chrono::steady_clock::now() + std::chrono::microseconds(us);
  while (std::chrono::steady_clock::now() < end) {
  }
  return x;
}

}  // namespace

TORCH_LIBRARY(strata_test, library) {
  library.def("halve(Tensor x) -> Tensor");
  library.def("double(Tensor x) -> Tensor");
  library.def("project(Tensor x, Tensor w) -> Tensor", Project);
  library.def("spin(Tensor x, int us) -> Tensor");
}

TORCH_LIBRARY_IMPL(strata_test, CPU, library) {
  library.impl("halve", Halve);
  library.impl("double", Double);
  library.impl("spin", Spin);
}

TORCH_LIBRARY_IMPL(strata_test, Meta, library) {
  library.impl("halve", HalveShape);
}
