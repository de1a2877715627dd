#include "formatters/repr/known_values.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace strata::formatters::repr {
namespace {

using Known = std::optional<std::string>;

std::string Bool(bool value) { return value ? "True" : "False"; }

template <typename Tensors>
const typename Tensors::value_type* FindIn(const Tensors& tensors,
                                           absl::string_view name) {
  const auto found =
      std::find_if(tensors.begin(), tensors.end(),
                   [&](const auto& tensor) { return tensor.name() == name; });
  return found == tensors.end() ? nullptr : &*found;
}

// The shapes of what the layer holds, by name.
class Shapes {
 public:
  explicit Shapes(const Layer& layer) : layer_(layer) {}

  bool Has(absl::string_view name) const {
    return FindIn(layer_.parameters(), name) != nullptr;
  }

  // One size of the shape of a parameter.
  Known Size(absl::string_view name, int dimension, int64_t divisor = 1) const {
    const Parameter* parameter = FindIn(layer_.parameters(), name);
    if (parameter == nullptr || parameter->shape_size() <= dimension) return {};
    return absl::StrCat(parameter->shape(dimension) / divisor);
  }

  // The sizes from one on.
  Known Sizes(absl::string_view name, int first) const {
    const Parameter* parameter = FindIn(layer_.parameters(), name);
    if (parameter == nullptr || parameter->shape_size() < first) return {};
    return absl::StrCat("[",
                        absl::StrJoin(parameter->shape().begin() + first,
                                      parameter->shape().end(), ", "),
                        "]");
  }

 private:
  const Layer& layer_;
};

bool IsModule(const Layer& layer, absl::string_view file) {
  return absl::StartsWith(layer.full_type(),
                          absl::StrCat("torch.nn.modules.", file, "."));
}

Known OfConvolution(const Layer& layer, absl::string_view name) {
  const Shapes shapes(layer);
  const bool transposed = absl::StrContains(layer.type(), "Transpose");
  if (name == "kernel_size") return shapes.Sizes("weight", 2);
  // The other of the two is divided by groups, which are not known.
  if (name == (transposed ? "in_channels" : "out_channels")) {
    return shapes.Size("weight", 0);
  }
  return {};
}

Known OfLinear(const Layer& layer, absl::string_view name) {
  const Shapes shapes(layer);
  if (name == "out_features") return shapes.Size("weight", 0);
  if (name == "in_features" || name == "in1_features") {
    return shapes.Size("weight", 1);
  }
  return name == "in2_features" ? shapes.Size("weight", 2) : Known();
}

Known OfNorm(const Layer& layer, absl::string_view name) {
  const Shapes shapes(layer);
  if (name == "affine" || name == "elementwise_affine") {
    return Bool(shapes.Has("weight"));
  }
  if (name == "track_running_stats") {
    return Bool(FindIn(layer.buffers(), "running_mean") != nullptr);
  }
  if (name == "normalized_shape") return shapes.Sizes("weight", 0);
  if (name == "num_features" || name == "num_channels") {
    if (shapes.Has("weight")) return shapes.Size("weight", 0);
    const Buffer* mean = FindIn(layer.buffers(), "running_mean");
    if (mean != nullptr && mean->shape_size() == 1) {
      return absl::StrCat(mean->shape(0));
    }
  }
  return {};
}

Known OfRecurrent(const Layer& layer, absl::string_view name) {
  const Shapes shapes(layer);
  const bool is_cell = absl::EndsWith(layer.type(), "Cell");
  const std::string suffix = is_cell ? "" : "_l0";
  const std::string weight = absl::StrCat("weight_ih", suffix);
  if (!shapes.Has(weight)) return {};
  if (name == "input_size") return shapes.Size(weight, 1);
  if (name == "hidden_size") {
    const int gates = absl::StartsWith(layer.type(), "LSTM")  ? 4
                      : absl::StartsWith(layer.type(), "GRU") ? 3
                                                              : 1;
    return shapes.Size(weight, 0, gates);
  }
  if (name == "bias") return Bool(shapes.Has(absl::StrCat("bias_ih", suffix)));
  if (is_cell) return {};
  if (name == "bidirectional") {
    return Bool(shapes.Has("weight_ih_l0_reverse"));
  }
  if (name == "proj_size") {
    return shapes.Has("weight_hr_l0") ? shapes.Size("weight_hr_l0", 0) : "0";
  }
  if (name == "num_layers") {
    int layers = 0;
    while (shapes.Has(absl::StrCat("weight_ih_l", layers))) ++layers;
    return absl::StrCat(layers);
  }
  return {};
}

Known OfShapes(const Layer& layer, absl::string_view name) {
  if (IsModule(layer, "conv")) return OfConvolution(layer, name);
  if (IsModule(layer, "linear")) return OfLinear(layer, name);
  if (IsModule(layer, "rnn")) return OfRecurrent(layer, name);
  if (IsModule(layer, "batchnorm") || IsModule(layer, "instancenorm") ||
      IsModule(layer, "normalization")) {
    return OfNorm(layer, name);
  }
  const Shapes shapes(layer);
  if (name == "num_embeddings" || name == "num_parameters") {
    return shapes.Size("weight", 0);
  }
  return name == "embedding_dim" ? shapes.Size("weight", 1) : Known();
}

}  // namespace

Known KnownValue(const Layer& layer, absl::string_view name) {
  if (name == "has_bias") return Bool(Shapes(layer).Has("bias"));
  const auto& attributes = layer.attributes();
  if (name == "size_without_scale") {
    const auto scale = attributes.find("scale_factor");
    if (scale == attributes.end()) return {};
    if (scale->second != "None") return "None";
    name = "size";
  }
  const auto found = attributes.find(std::string(name));
  if (found != attributes.end()) return found->second;
  return OfShapes(layer, name);
}

}  // namespace strata::formatters::repr
