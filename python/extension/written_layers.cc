#include <ATen/core/Tensor.h>
#include <ATen/native/Pool.h>
#include <ATen/ops/empty.h>
#include <c10/util/Exception.h>

#include <optional>
#include <tuple>
#include <vector>

#include "plugins/sources/libtorch/shape_rules.h"
#include "python/extension/written_kernels.h"

namespace strata::python {
namespace {

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
