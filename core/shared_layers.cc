#include "core/shared_layers.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "core/distinct_tensors.h"
#include "core/summary.pb.h"

namespace strata {
namespace {

// Modules that are one object; true in the result for each of them.
std::vector<bool> SetSharedModules(const ModuleTree& tree, Summary& summary) {
  std::vector<bool> shared(tree.size(), false);
  absl::flat_hash_map<uint64_t, int> first_at;
  first_at.reserve(tree.size());
  for (int i = 0; i < tree.size(); ++i) {
    if (tree.modules[i].identity == 0) continue;
    const auto [found, is_new] =
        first_at.try_emplace(tree.modules[i].identity, i);
    if (is_new) continue;
    const int first = found->second;
    summary.mutable_layers(i)->add_shared_with(tree.modules[first].path);
    if (!shared[first]) {
      summary.mutable_layers(first)->add_shared_with(tree.modules[i].path);
    }
    shared[first] = shared[i] = true;
  }
  return shared;
}

// The tensor as its `which`th holder has it: "embedding.weight".
std::string TensorPath(const ModuleTree& tree, const DistinctTensor& tensor,
                       size_t which) {
  const std::string& path = tree.modules[tensor.holders[which]].path;
  const std::string& name = tensor.infos[which]->name;
  return path.empty() ? name : absl::StrCat(path, ".", name);
}

// The first holder that is another module than the first of all; 0: there is
// none.
size_t FirstElsewhere(const DistinctTensor& tensor) {
  for (size_t i = 1; i < tensor.holders.size(); ++i) {
    if (tensor.holders[i] != tensor.holders[0]) return i;
  }
  return 0;
}

}  // namespace

void SetSharedWith(const ModuleTree& tree, Summary& summary) {
  const std::vector<bool> is_shared_module = SetSharedModules(tree, summary);
  for (const DistinctTensor& tensor :
       FindDistinctTensors(tree, &Module::parameters)) {
    if (tensor.holders.size() < 2) continue;
    const size_t elsewhere = FirstElsewhere(tensor);
    for (size_t i = 0; i < tensor.holders.size(); ++i) {
      const int holder = tensor.holders[i];
      Layer* layer = summary.mutable_layers(holder);
      const bool with_first = holder != tensor.holders[0];
      const size_t other =
          with_first || elsewhere == 0 ? (i == 0 ? 1 : 0) : elsewhere;
      std::string path = TensorPath(tree, tensor, other);
      const auto index =
          tensor.infos[i] - tree.modules[holder].parameters.data();
      layer->mutable_parameters(static_cast<int>(index))->set_shared_with(path);
      // A module that is itself at several places has said it of all it holds.
      if (elsewhere > 0 && !is_shared_module[holder]) {
        layer->add_shared_with(std::move(path));
      }
    }
  }
}

}  // namespace strata
