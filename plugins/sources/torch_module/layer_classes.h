// What LibTorch's own layers call: the classes of torch::nn.

#ifndef STRATA_PLUGINS_SOURCES_TORCH_MODULE_LAYER_CLASSES_H_
#define STRATA_PLUGINS_SOURCES_TORCH_MODULE_LAYER_CLASSES_H_

#include <vector>

#include "absl/strings/string_view.h"

namespace strata::torch_module {

struct LayerClass {
  absl::string_view type;  // "Conv2d", of torch::nn.
  // The operators that its forward calls with its parameters; of a class that
  // has none, the one that it calls. Without "aten::" and the `_` of those that
  // work in place.
  std::vector<absl::string_view> operators;
  bool has_parameters = false;
};

// By the full class name, "torch::nn::Conv2d"; null for those not known.
const LayerClass* FindLayerClass(absl::string_view full_type);

// Classes of torch::nn that call what they hold, in order, and do nothing else.
bool IsSequential(absl::string_view full_type);

// Classes of torch::nn that only hold others, or parameters.
bool IsContainer(absl::string_view full_type);

// In which order a class of torch::nn calls its children, where that is not the
// order in which it registers them; empty: it is, or is not known.
const std::vector<absl::string_view>& CallOrder(absl::string_view full_type);

// "relu" for "aten::relu_".
absl::string_view OperatorStem(absl::string_view name);

// Whether it writes to its first argument: "aten::relu_".
bool WorksInPlace(absl::string_view name);

bool Calls(const LayerClass& layer, absl::string_view operator_name);

}  // namespace strata::torch_module

#endif  // STRATA_PLUGINS_SOURCES_TORCH_MODULE_LAYER_CLASSES_H_
