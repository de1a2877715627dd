// A library of operators, as third parties make them: what --op_library loads
// in the tests. `strata_test::halve` has a kernel for shapes, `double` has not,
// and `project` calls others.

#include <ATen/core/Tensor.h>
#include <ATen/ops/div.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/mul.h>
#include <torch/library.h>

namespace {

at::Tensor Halve(const at::Tensor& x) { return at::div(x, 2); }
at::Tensor HalveShape(const at::Tensor& x) { return at::empty_like(x); }
at::Tensor Double(const at::Tensor& x) { return at::mul(x, 2); }
at::Tensor Project(const at::Tensor& x, const at::Tensor& w) {
  return at::matmul(x, w);
}

}  // namespace

TORCH_LIBRARY(strata_test, library) {
  library.def("halve(Tensor x) -> Tensor");
  library.def("double(Tensor x) -> Tensor");
  library.def("project(Tensor x, Tensor w) -> Tensor", Project);
}

TORCH_LIBRARY_IMPL(strata_test, CPU, library) {
  library.impl("halve", Halve);
  library.impl("double", Double);
}

TORCH_LIBRARY_IMPL(strata_test, Meta, library) {
  library.impl("halve", HalveShape);
}
