#include "core/distinct_tensors.h"

#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"

namespace strata {
namespace {

// Tensors of equal keys are one.
auto KeyOf(const TensorSpec& tensor) {
  return std::tie(tensor.storage, tensor.storage_offset, tensor.dtype,
                  tensor.shape);
}

struct KeyHash {
  size_t operator()(const TensorSpec* tensor) const {
    return absl::Hash<decltype(KeyOf(*tensor))>()(KeyOf(*tensor));
  }
};

struct KeysAreEqual {
  bool operator()(const TensorSpec* a, const TensorSpec* b) const {
    return KeyOf(*a) == KeyOf(*b);
  }
};

}  // namespace

std::vector<DistinctTensor> FindDistinctTensors(
    const ModuleTree& tree, std::vector<ParameterInfo> Module::*which) {
  size_t most = 0;
  for (const Module& module : tree.modules) most += (module.*which).size();
  absl::flat_hash_map<const TensorSpec*, size_t, KeyHash, KeysAreEqual> index;
  index.reserve(most);
  std::vector<DistinctTensor> tensors;
  tensors.reserve(most);
  for (int module = 0; module < tree.size(); ++module) {
    for (const ParameterInfo& info : tree.modules[module].*which) {
      const TensorSpec& tensor = info.tensor;
      size_t place = tensors.size();
      // Of storage 0 it is not known to share: its own.
      if (tensor.storage != 0) {
        place = index.try_emplace(&tensor, place).first->second;
      }
      if (place == tensors.size()) tensors.emplace_back().info = &info;
      tensors[place].holders.push_back(module);
      tensors[place].infos.push_back(&info);
    }
  }
  return tensors;
}

int CommonAncestor(const ModuleTree& tree, int a, int b) {
  // Parents stand before their children, so the later one is never the
  // ancestor of the earlier.
  while (a != b) {
    if (a < b) {
      b = tree.modules[b].parent;
    } else {
      a = tree.modules[a].parent;
    }
  }
  return a;
}

}  // namespace strata
