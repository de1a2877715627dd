#include "python/extension/fast_shapes.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/embedding_compositeexplicitautograd_dispatch.h>
#include <ATen/ops/empty.h>
#include <c10/util/Exception.h>
#include <torch/library.h>

#include <optional>
#include <tuple>
#include <vector>

#include "plugins/sources/libtorch/run_settings.h"
#include "plugins/sources/libtorch/shape_rules.h"
#include "python/extension/structured_kernels.h"

namespace strata::python {
namespace {

using at::Scalar;
using at::Tensor;

Tensor Convolution(const Tensor& input, const Tensor& weight,
                   const std::optional<Tensor>& /*bias*/,
                   at::IntArrayRef stride, at::IntArrayRef padding,
                   at::IntArrayRef dilation, bool transposed,
                   at::IntArrayRef output_padding, int64_t groups) {
  const int64_t channels =
      transposed ? weight.size(0) : weight.size(1) * groups;
  TORCH_CHECK(input.dim() == weight.dim(), "expected an input of ",
              weight.dim(), " dimensions for weights ", weight.sizes(),
              ", and it is ", input.sizes());
  TORCH_CHECK(input.size(1) == channels, "Given groups=", groups,
              ", weight of size ", weight.sizes(), ", expected input",
              input.sizes(), " to have ", channels, " channels, but got ",
              input.size(1), " channels instead");
  // One number may stand for all dimensions.
  const auto each = [&](at::IntArrayRef values) {
    const size_t spatial = input.dim() - 2;
    TORCH_CHECK(values.size() == 1 || values.size() == spatial, "expected ",
                spatial, " numbers, or one, and got ", values);
    return values.size() == spatial ? values.vec()
                                    : std::vector<int64_t>(spatial, values[0]);
  };
  const std::vector<int64_t> sizes = libtorch::ConvolutionSizes(
      input.sizes(), weight.sizes(), each(stride), each(padding),
      each(dilation), transposed, each(output_padding), groups);
  for (size_t i = 2; i < sizes.size(); ++i) {
    TORCH_CHECK(sizes[i] > 0, "the kernel ", weight.sizes(),
                " is larger than the padded input ", input.sizes());
  }
  return at::empty(sizes, input.options());
}

Tensor& Itself(Tensor& self) { return self; }

Tensor& HardtanhInPlace(Tensor& self, const Scalar&, const Scalar&) {
  return self;
}

// What they call is in LibTorch's own code.
void RegisterOthers(torch::Library& kernels) {
  kernels.impl("convolution", Convolution);
  kernels.impl("relu_", Itself);
  kernels.impl("hardswish_", Itself);
  kernels.impl("hardtanh_", HardtanhInPlace);
  kernels.impl("embedding", TORCH_FN(at::compositeexplicitautograd::embedding));
}

}  // namespace

FastShapes::FastShapes()
    : kernels_(std::make_unique<torch::Library>(torch::Library::IMPL, "aten",
                                                c10::DispatchKey::Meta,
                                                __FILE__, __LINE__)) {
  // It warns that there are kernels already: that is the point.
  libtorch::KeptWarnings passed_over;
  const c10::WarningUtils::WarningHandlerGuard guard(&passed_over);
  libtorch::RegisterShapeRules(*kernels_);
  RegisterStructured(*kernels_);
  RegisterOthers(*kernels_);
}

FastShapes::~FastShapes() = default;

}  // namespace strata::python
