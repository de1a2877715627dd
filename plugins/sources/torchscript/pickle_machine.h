// Reads the tensors that a pickle describes, and makes no objects.

#ifndef STRATA_PLUGINS_SOURCES_TORCHSCRIPT_PICKLE_MACHINE_H_
#define STRATA_PLUGINS_SOURCES_TORCHSCRIPT_PICKLE_MACHINE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace strata::torchscript {

// As it is written: nothing of it is checked.
struct PickledTensor {
  std::string storage_type;  // "FloatStorage"
  std::string storage_key;   // "0", the record's name.
  int64_t storage_elements = 0;
  int64_t offset = 0;
  std::vector<int64_t> sizes;
  std::vector<int64_t> strides;
};

// `name` makes the tensor's, with its modules': "layer1.conv.weight", or "".
// Returns whether to go on.
using TensorVisitor = std::function<bool(
    const PickledTensor& tensor, const std::function<std::string()>& name)>;

// Visits the tensors of data.pkl or constants.pkl in a TorchScript archive.
// Ends early, without a word, at what LibTorch does not write. Linear, whatever
// the bytes are, and without recursion.
void VisitPickledTensors(absl::string_view pickle, const TensorVisitor& visit);

}  // namespace strata::torchscript

#endif  // STRATA_PLUGINS_SOURCES_TORCHSCRIPT_PICKLE_MACHINE_H_
