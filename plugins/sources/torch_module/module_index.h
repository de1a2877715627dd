// What the attribution of operators asks of a module tree.

#ifndef STRATA_PLUGINS_SOURCES_TORCH_MODULE_MODULE_INDEX_H_
#define STRATA_PLUGINS_SOURCES_TORCH_MODULE_MODULE_INDEX_H_

#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "core/module_tree.h"
#include "plugins/sources/torch_module/layer_classes.h"
#include "plugins/sources/torch_module/recording.h"

namespace strata::torch_module {

inline constexpr char kAttention[] = "torch::nn::MultiheadAttention";

using Places = absl::InlinedVector<int, 2>;  // Modules.

class ModuleIndex {
 public:
  // `tree` must outlive it.
  explicit ModuleIndex(const ModuleTree& tree);

  int size() const { return tree_.size(); }
  int parent(int module) const { return tree_.modules[module].parent; }
  // Null for classes that are not LibTorch's own, and for those that hold
  // others and have no operator of their own.
  const LayerClass* layer(int module) const { return layers_[module]; }
  bool is_type(int module, absl::string_view full_type) const {
    return tree_.modules[module].full_type == full_type;
  }

  // Whether `inner` is `outer`, or inside of it.
  bool Contains(int outer, int inner) const {
    return inner >= outer && inner < ends_[outer];
  }
  // The first module behind its subtree.
  int end(int module) const { return ends_[module]; }
  // The lowest module that contains both.
  int Common(int a, int b) const;

  bool IsCallable(int module) const {
    return tree_.modules[module].kind == ModuleKind::kCallable;
  }
  bool IsSequence(int module) const { return is_sequence_[module]; }
  // Its forward may call operators beside those of its children.
  bool HasOwnCode(int module) const {
    return IsCallable(module) && !is_sequence_[module];
  }
  // HasOwnCode, and may call any.
  bool HasOpenCode(int module) const {
    return HasOwnCode(module) && layers_[module] == nullptr;
  }
  // The place in the order of calls: that of registration, but for classes of
  // LibTorch's that are known to call their children in another one.
  int rank(int module) const { return ranks_[module]; }
  // Who calls it: the nearest module around it that has code of its own and
  // some parameter in it. 0 for the root.
  int holder(int module) const { return holders_[module]; }

  // Whose parameter or buffer one of the operator's tensors is, of those in
  // `scope` that may call such an operator. Several where it is tied.
  Places OwnersFor(const RecordedOperator& op, int scope) const;
  bool IsOwned(const TensorSpec& tensor) const {
    return tensor.storage != 0 && owners_.contains(tensor.storage);
  }

  // Layers without parameters that call this operator, by rank: all, and those
  // that one module holds.
  const std::vector<int>& Callers(absl::string_view stem) const;
  const std::vector<int>& CallersIn(int holder, absl::string_view stem) const;

 private:
  void RankModules();
  void FindOwners();
  void FindHolders();

  const ModuleTree& tree_;
  std::vector<const LayerClass*> layers_;
  std::vector<int> ends_;
  std::vector<bool> is_sequence_;
  std::vector<int> ranks_;
  std::vector<int> holders_;
  absl::flat_hash_map<uint64_t, Places> owners_;  // By storage.
  absl::flat_hash_map<absl::string_view, std::vector<int>> callers_;
  absl::flat_hash_map<std::pair<int, absl::string_view>, std::vector<int>>
      callers_in_;
};

}  // namespace strata::torch_module

#endif  // STRATA_PLUGINS_SOURCES_TORCH_MODULE_MODULE_INDEX_H_
