#include "plugins/sources/libtorch/made_inputs.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/zeros.h>

#include <exception>
#include <optional>

#include "absl/strings/str_cat.h"
#include "plugins/sources/libtorch/run_errors.h"
#include "plugins/sources/libtorch/value_specs.h"

namespace strata::libtorch {

at::Generator InputGenerator() { return at::detail::createCPUGenerator(0); }

absl::StatusOr<at::Tensor> MakeInput(const InputSpec& spec,
                                     const at::Generator& generator,
                                     bool shapes_only) {
  const std::optional<at::ScalarType> type = ScalarTypeOf(spec.dtype);
  if (!type || at::isQIntType(*type)) {
    return absl::InvalidArgumentError(
        absl::StrCat("no input can be made of dtype ", DTypeName(spec.dtype)));
  }
  const at::IntArrayRef sizes(spec.shape.data(), spec.shape.size());
  const bool is_float8 = *type == at::ScalarType::Float8_e4m3fn ||
                         *type == at::ScalarType::Float8_e5m2;
  try {
    if (shapes_only) {
      return at::empty(sizes, at::device(c10::kMeta).dtype(*type));
    }
    if (!IsFloatingPoint(spec.dtype) || is_float8) {
      return at::zeros(sizes, *type);
    }
    return at::rand(sizes, generator, *type);
  } catch (const std::exception& e) {
    return absl::InternalError(absl::StrCat(
        "an input of ", ShapeText(spec.shape), " ", DTypeName(spec.dtype),
        " cannot be made: ", FirstCause(e.what())));
  }
}

}  // namespace strata::libtorch
