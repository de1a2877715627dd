#include "plugins/metrics/memory/moved_model.h"

#include <algorithm>
#include <tuple>

#include "core/distinct_tensors.h"
#include "core/held_amounts.h"

namespace strata::metrics {
namespace {

// The last module in each one's subtree.
std::vector<int> Ends(const ModuleTree& tree) {
  std::vector<int> ends(tree.size());
  for (int i = tree.size() - 1; i >= 0; --i) {
    ends[i] = std::max(ends[i], i);
    const int parent = tree.modules[i].parent;
    if (parent >= 0) ends[parent] = std::max(ends[parent], ends[i]);
  }
  return ends;
}

}  // namespace

std::optional<std::vector<int64_t>> MovedToDevice(const ModuleTree& tree) {
  for (const Module& module : tree.modules) {
    if (!module.parameters_known) return std::nullopt;
  }
  const std::vector<int> ends = Ends(tree);
  // What comes first: whose subtree ends first and, of several that end with
  // one module, the innermost.
  std::vector<std::tuple<int, int, int, int64_t>> moved;
  int kind = 0;
  for (auto which : {&Module::parameters, &Module::buffers}) {
    for (const HeldAmount& held : HeldBytes(tree, which)) {
      if (!held.amount.known()) return std::nullopt;
      const int holder = held.holders[0];
      moved.emplace_back(ends[holder], -holder, kind, *held.amount.value());
    }
    ++kind;
  }
  std::stable_sort(
      moved.begin(), moved.end(), [](const auto& a, const auto& b) {
        return std::tie(std::get<0>(a), std::get<1>(a), std::get<2>(a)) <
               std::tie(std::get<0>(b), std::get<1>(b), std::get<2>(b));
      });
  std::vector<int64_t> bytes;
  bytes.reserve(moved.size());
  for (const auto& one : moved) bytes.push_back(std::get<3>(one));
  return bytes;
}

TrainableParameters FindTrainable(const ModuleTree& tree) {
  TrainableParameters found;
  for (const DistinctTensor& tensor :
       FindDistinctTensors(tree, &Module::parameters)) {
    if (!tensor.info->trainable) continue;
    const TensorSpec& spec = tensor.info->tensor;
    const auto index = static_cast<int>(found.bytes.size());
    found.bytes.push_back(spec.NumBytes().value_or(0));
    if (spec.storage != 0) {
      found.places.emplace(
          RunRecord::ParameterKey(spec.storage, spec.storage_offset), index);
    }
  }
  return found;
}

}  // namespace strata::metrics
