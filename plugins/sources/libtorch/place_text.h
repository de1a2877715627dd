// Where a run stood, for errors.

#ifndef STRATA_PLUGINS_SOURCES_LIBTORCH_PLACE_TEXT_H_
#define STRATA_PLUGINS_SOURCES_LIBTORCH_PLACE_TEXT_H_

#include <string>

#include "absl/types/span.h"
#include "core/module_tree.h"
#include "core/tensor_spec.h"

namespace strata::libtorch {

// "in 'layer1.0.conv1' (Conv2d)"; of the root "in the model itself (ResNet)".
std::string PlaceText(const Module& module);

// "given [1x3x224x224 float32]"
std::string GivenText(absl::Span<const TensorSpec> given);

// A module's place, and ", given [1x3x224x224 float32]".
std::string PlaceText(const Module& module, absl::Span<const TensorSpec> given);

}  // namespace strata::libtorch

#endif  // STRATA_PLUGINS_SOURCES_LIBTORCH_PLACE_TEXT_H_
