#include <ATen/core/Tensor.h>
#include <ATen/native/Pool.h>
#include <ATen/ops/empty.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <optional>
#include <tuple>
#include <vector>

#include "plugins/sources/libtorch/shape_rules.h"
#include "python/extension/written_kernels.h"

namespace strata::python {
namespace {

using at::Tensor;

// What at::convolution refuses before a kernel computes
// (aten/src/ATen/native/Convolution.cpp).
void CheckConvolution(const Tensor& input, const Tensor& weight,
                      const std::optional<Tensor>& bias, bool transposed,
                      int64_t groups) {
  TORCH_CHECK(groups > 0, "non-positive groups is not supported");
  TORCH_CHECK(input.dim() == weight.dim() && input.dim() > 2,
              "expected an input of ", weight.dim(), " dimensions for weights ",
              weight.sizes(), ", and it is ", input.sizes());
  TORCH_CHECK(weight.size(0) % groups == 0, "Given groups=", groups,
              ", expected weight to be divisible by ", groups,
              " at dimension 0, but got weight of size ", weight.sizes());
  const int64_t channels =
      transposed ? weight.size(0) : weight.size(1) * groups;
  TORCH_CHECK(input.size(1) == channels, "Given groups=", groups,
              ", weight of size ", weight.sizes(), ", expected input",
              input.sizes(), " to have ", channels, " channels, but got ",
              input.size(1), " channels instead");
  TORCH_CHECK(input.scalar_type() == weight.scalar_type(), "Input type (",
              input.scalar_type(), ") and weight type (", weight.scalar_type(),
              ") should be the same");
  if (!bias || !bias->defined()) return;
  const int64_t made = transposed ? weight.size(1) * groups : weight.size(0);
  TORCH_CHECK(bias->dim() == 1 && bias->size(0) == made,
              "Given weight of size ", weight.sizes(),
              ", expected bias to be 1-dimensional with ", made,
              " elements, but got bias of size ", bias->sizes());
}

Tensor Convolution(const Tensor& input, const Tensor& weight,
                   const std::optional<Tensor>& bias, at::IntArrayRef stride,
                   at::IntArrayRef padding, at::IntArrayRef dilation,
                   bool transposed, at::IntArrayRef output_padding,
                   int64_t groups) {
  CheckConvolution(input, weight, bias, transposed, groups);
  const size_t spatial = input.dim() - 2;
  // One number may stand for all dimensions.
  const auto each = [&](at::IntArrayRef values, const char* name,
                        int64_t least) {
    TORCH_CHECK(values.size() == 1 || values.size() == spatial, "expected ",
                spatial, " numbers, or one, as ", name, ", and got ", values);
    for (const int64_t value : values) {
      TORCH_CHECK(value >= least, name, " should be at least ", least,
                  ", but got ", values);
    }
    return values.size() == spatial ? values.vec()
                                    : std::vector<int64_t>(spatial, values[0]);
  };
  const std::vector<int64_t> steps = each(stride, "stride", 1);
  const std::vector<int64_t> spread = each(dilation, "dilation", 1);
  const std::vector<int64_t> added = each(output_padding, "output_padding", 0);
  for (size_t i = 0; transposed && i < spatial; ++i) {
    TORCH_CHECK(added[i] < std::max(steps[i], spread[i]),
                "output padding must be smaller than either stride or "
                "dilation, but got ",
                output_padding);
  }
  const std::vector<int64_t> sizes = libtorch::ConvolutionSizes(
      input.sizes(), weight.sizes(), steps, each(padding, "padding", 0), spread,
      transposed, added, groups);
  for (size_t i = 2; i < sizes.size(); ++i) {
    TORCH_CHECK(sizes[i] > 0, "the kernel ", weight.sizes(),
                " is larger than the padded input ", input.sizes());
  }
  return at::empty(sizes, input.options());
}

// aten/src/ATen/native/DilatedMaxPool3d.cpp
std::tuple<Tensor, Tensor> MaxPool3d(const Tensor& input,
                                     at::IntArrayRef kernel,
                                     at::IntArrayRef stride,
                                     at::IntArrayRef padding,
                                     at::IntArrayRef dilation, bool ceil_mode) {
  const auto each = [](at::IntArrayRef values, const char* name) {
    TORCH_CHECK(values.size() == 1 || values.size() == 3, "max_pool3d: ", name,
                " must either be a single int, or a tuple of three ints");
    return values.size() == 3 ? values.vec()
                              : std::vector<int64_t>(3, values[0]);
  };
  const std::vector<int64_t> sides = each(kernel, "kernel_size");
  const std::vector<int64_t> steps =
      stride.empty() ? sides : each(stride, "stride");
  const std::vector<int64_t> pads = each(padding, "padding");
  const std::vector<int64_t> spread = each(dilation, "dilation");
  TORCH_CHECK(input.dim() == 4 || input.dim() == 5,
              "max_pool3d: Expected 4D or 5D tensor for input, but got: ",
              input.sizes());
  std::vector<int64_t> sizes = input.sizes().vec();
  for (size_t i = input.dim() - 4; i < sizes.size(); ++i) {
    TORCH_CHECK(sizes[i] > 0,
                "max_pool3d: Expected input's non-batch dimensions to have "
                "positive length, but input has a shape of ",
                input.sizes());
  }
  for (size_t i = 0; i < 3; ++i) {
    TORCH_CHECK(sides[i] > 0 && steps[i] > 0 && spread[i] > 0,
                "max_pool3d: kernel size, stride and dilation should be "
                "greater than zero");
    int64_t& size = sizes[sizes.size() - 3 + i];
    size = at::native::pooling_output_shape(size, sides[i], pads[i], steps[i],
                                            spread[i], ceil_mode);
    TORCH_CHECK(size > 0, "max_pool3d: the output would be too small for ",
                input.sizes());
  }
  const at::MemoryFormat format = input.dim() == 5
                                      ? input.suggest_memory_format()
                                      : at::MemoryFormat::Contiguous;
  return {at::empty(sizes, input.options(), format),
          at::empty(sizes, input.options().dtype(at::kLong), format)};
}

// aten/src/ATen/native/ReflectionPad.cpp
Tensor ReflectionPad2d(const Tensor& input, at::IntArrayRef padding) {
  TORCH_CHECK(padding.size() == 4,
              "reflection_pad2d: expected four numbers as padding, and got ",
              padding);
  TORCH_CHECK((input.dim() == 3 || input.dim() == 4) && input.size(-1) > 0 &&
                  input.size(-2) > 0 && input.size(-3) > 0,
              "reflection_pad2d: expected 3D or 4D (batch mode) tensor with "
              "optional 0 dim batch size for input, but got: ",
              input.sizes());
  std::vector<int64_t> sizes = input.sizes().vec();
  // From the last dimension on: left and right, top and bottom.
  for (size_t i = 0; i < padding.size(); ++i) {
    const int64_t dim = -1 - static_cast<int64_t>(i / 2);
    TORCH_CHECK(padding[i] < input.size(dim),
                "reflection_pad2d: Padding size should be less than the "
                "corresponding input dimension, but got: padding ",
                padding, " of input ", input.sizes());
    sizes[sizes.size() + dim] += padding[i];
  }
  TORCH_CHECK(sizes[sizes.size() - 1] >= 1 && sizes[sizes.size() - 2] >= 1,
              "reflection_pad2d: input ", input.sizes(), " is too small");
  return at::empty(sizes, input.options(), input.suggest_memory_format());
}

// aten/src/ATen/native/GridSamplerUtils.h
Tensor GridSampler2d(const Tensor& input, const Tensor& grid,
                     int64_t /*interpolation*/, int64_t /*padding*/,
                     bool /*align_corners*/) {
  TORCH_CHECK(input.dim() == 4 && grid.dim() == 4 && grid.size(3) == 2 &&
                  grid.size(0) == input.size(0),
              "grid_sampler(): expected a 4D input and a 4D grid of pairs with "
              "the same batch size, but got sizes ",
              input.sizes(), " and ", grid.sizes());
  TORCH_CHECK(input.size(2) > 0 && input.size(3) > 0,
              "grid_sampler(): expected input to have non-empty spatial "
              "dimensions, but input has sizes ",
              input.sizes());
  TORCH_CHECK(input.scalar_type() == grid.scalar_type(),
              "grid_sampler(): expected input and grid to have the same dtype, "
              "but got ",
              input.scalar_type(), " and ", grid.scalar_type());
  return at::empty({input.size(0), input.size(1), grid.size(1), grid.size(2)},
                   input.options());
}

}  // namespace

void AddWrittenLayers(KernelList& kernels) {
  kernels.Add("convolution", &Convolution);
  kernels.Add("max_pool3d_with_indices", &MaxPool3d);
  kernels.Add("reflection_pad2d", &ReflectionPad2d);
  kernels.Add("grid_sampler_2d", &GridSampler2d);
}

}  // namespace strata::python
