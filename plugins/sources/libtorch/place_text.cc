#include "plugins/sources/libtorch/place_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace strata::libtorch {

std::string PlaceText(const Module& module) {
  return module.path.empty()
             ? absl::StrCat("in the model itself (", module.type, ")")
             : absl::StrCat("in '", module.path, "' (", module.type, ")");
}

std::string GivenText(absl::Span<const TensorSpec> given) {
  const std::string tensors =
      absl::StrJoin(given, ", ", [](std::string* out, const TensorSpec& spec) {
        absl::StrAppend(out, ShapeText(spec.shape), " ", DTypeName(spec.dtype));
      });
  return absl::StrCat("given [", tensors, "]");
}

std::string PlaceText(const Module& module,
                      absl::Span<const TensorSpec> given) {
  return absl::StrCat(PlaceText(module), ", ", GivenText(given));
}

}  // namespace strata::libtorch
