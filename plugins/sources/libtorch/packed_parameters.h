// What is in the objects that quantized layers keep their weights in.

#ifndef STRATA_PLUGINS_SOURCES_LIBTORCH_PACKED_PARAMETERS_H_
#define STRATA_PLUGINS_SOURCES_LIBTORCH_PACKED_PARAMETERS_H_

#include <ATen/core/ivalue.h>

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "core/module_tree.h"

namespace strata::libtorch {

// Unpacks the objects of a file, each once: unpacking copies the weights.
class PackedParameters {
 public:
  // The parameters in `value`, under the names of the layer that is not
  // quantized: "weight" and "bias"; "weight_ih", "weight_hh", "bias_ih",
  // "bias_hh". Empty where it is no such object, or one that LibTorch does not
  // unpack. Each has a storage of its own, for as long as the object lives.
  static std::vector<ParameterInfo> Unpack(const c10::IValue& value);

  // Unpacks an object that is to live as long as this does.
  const std::vector<ParameterInfo>& Keep(const c10::IValue& value);

  // The tensors of a kept object, or of one that is unpacked for this.
  std::vector<TensorSpec> TensorsOf(const c10::IValue& value) const;

 private:
  struct Kept {
    c10::IValue object;  // Held, so that its address stays its own.
    std::vector<ParameterInfo> parameters;
  };
  absl::flat_hash_map<const void*, Kept> kept_;
};

}  // namespace strata::libtorch

#endif  // STRATA_PLUGINS_SOURCES_LIBTORCH_PACKED_PARAMETERS_H_
