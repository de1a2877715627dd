#include "core/distinct_tensors.h"

#include <tuple>

#include "absl/container/flat_hash_map.h"

namespace strata {

std::vector<DistinctTensor> FindDistinctTensors(
    const ModuleTree& tree, std::vector<ParameterInfo> Module::*which) {
  using Key = std::tuple<uint64_t, int64_t, DType, Shape>;
  absl::flat_hash_map<Key, size_t> index;
  std::vector<DistinctTensor> tensors;
  for (int module = 0; module < tree.size(); ++module) {
    for (const ParameterInfo& info : tree.modules[module].*which) {
      const TensorSpec& tensor = info.tensor;
      if (tensor.storage == 0) {  // Not known to share: its own.
        tensors.push_back({&info, {module}, {&info}});
        continue;
      }
      const auto [found, is_new] =
          index.try_emplace(Key(tensor.storage, tensor.storage_offset,
                                tensor.dtype, tensor.shape),
                            tensors.size());
      if (is_new) tensors.push_back({&info, {}, {}});
      tensors[found->second].holders.push_back(module);
      tensors[found->second].infos.push_back(&info);
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
