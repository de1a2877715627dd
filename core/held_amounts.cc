#include "core/held_amounts.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"

namespace strata {
namespace {

// The bytes of a storage that one tensor shows.
struct View {
  int64_t begin;
  int64_t end;
  int holder;
};

using Views = absl::InlinedVector<View, 1>;

// What one tensor shows; nothing where that cannot be said.
std::optional<View> ViewOf(const TensorSpec& tensor, int holder) {
  const std::optional<int64_t> bytes = tensor.NumBytes();
  if (tensor.storage == 0 || !bytes || tensor.storage_bytes <= 0) {
    return std::nullopt;
  }
  const int64_t size = DTypeBytes(tensor.dtype);  // Not 0: NumBytes is known.
  const int64_t begin = size * std::clamp<int64_t>(tensor.storage_offset, 0,
                                                   tensor.storage_bytes / size);
  return View{begin, begin + std::min(*bytes, tensor.storage_bytes - begin),
              holder};
}

// Cuts the views of one storage where one of them begins or ends.
void AppendPieces(Views& views, std::vector<HeldAmount>& amounts) {
  if (views.size() == 1) {  // As nearly all are.
    const View& view = views[0];
    if (view.end > view.begin) {
      amounts.push_back({view.end - view.begin, {view.holder}});
    }
    return;
  }
  std::stable_sort(
      views.begin(), views.end(),
      [](const View& a, const View& b) { return a.begin < b.begin; });
  std::vector<View> open;  // Those that show the byte at `at`.
  int64_t at = 0;
  size_t next = 0;
  while (next < views.size() || !open.empty()) {
    if (open.empty()) at = views[next].begin;
    while (next < views.size() && views[next].begin == at) {
      open.push_back(views[next++]);
    }
    int64_t end = next < views.size() ? views[next].begin : INT64_MAX;
    for (const View& view : open) end = std::min(end, view.end);
    if (end > at) {
      amounts.push_back({end - at, {}});
      Holders& holders = amounts.back().holders;
      for (const View& view : open) holders.push_back(view.holder);
      std::sort(holders.begin(), holders.end());
    }
    at = end;
    open.erase(std::remove_if(open.begin(), open.end(),
                              [&](const View& v) { return v.end <= at; }),
               open.end());
  }
}

}  // namespace

std::vector<HeldAmount> HeldBytes(const ModuleTree& tree,
                                  std::vector<ParameterInfo> Module::*which) {
  return HeldBytes(FindDistinctTensors(tree, which));
}

std::vector<HeldAmount> HeldBytes(const std::vector<DistinctTensor>& tensors) {
  std::vector<HeldAmount> amounts;
  amounts.reserve(tensors.size());
  absl::flat_hash_map<uint64_t, size_t> index;
  index.reserve(tensors.size());
  std::vector<Views> storages;  // In the order they are met.
  storages.reserve(tensors.size());
  for (const DistinctTensor& tensor : tensors) {
    const TensorSpec& spec = tensor.info->tensor;
    if (!ViewOf(spec, 0)) {
      const std::optional<int64_t> bytes = spec.NumBytes();
      amounts.push_back(
          {bytes ? Count(*bytes) : Count::Unknown(), tensor.holders});
      continue;
    }
    const auto [found, is_new] =
        index.try_emplace(spec.storage, storages.size());
    if (is_new) storages.emplace_back();
    for (int holder : tensor.holders) {
      storages[found->second].push_back(*ViewOf(spec, holder));
    }
  }
  for (Views& views : storages) AppendPieces(views, amounts);
  return amounts;
}

std::vector<Count> OfUnlisted(const ModuleTree& tree) {
  std::vector<Count> counts(tree.size(), 0);
  for (int i = 0; i < tree.size(); ++i) {
    if (!tree.modules[i].parameters_known) counts[i] = Count::Unknown();
  }
  return counts;
}

std::vector<Count> FirstHeld(const std::vector<HeldAmount>& amounts,
                             std::vector<Count> start) {
  for (const HeldAmount& held : amounts) start[held.holders[0]] += held.amount;
  return start;
}

std::vector<Count> SubtreeHeld(const ModuleTree& tree,
                               const std::vector<HeldAmount>& amounts,
                               std::vector<Count> start) {
  // What is held by a and then by b counts twice from their common ancestor
  // upward, so there it is taken off again.
  std::vector<Count> held = std::move(start);
  std::vector<Count> repeated(tree.size(), 0);
  for (const auto& [amount, holders] : amounts) {
    for (size_t i = 0; i < holders.size(); ++i) {
      held[holders[i]] += amount;
      if (i == 0) continue;
      repeated[CommonAncestor(tree, holders[i - 1], holders[i])] += amount;
    }
  }
  for (int i = tree.size() - 1; i > 0; --i) {
    held[tree.modules[i].parent] += held[i];
    repeated[tree.modules[i].parent] += repeated[i];
  }
  for (int i = 0; i < tree.size(); ++i) {
    held[i] = held[i].known() && repeated[i].known()
                  ? Count(*held[i].value() - *repeated[i].value())
                  : Count::Unknown();
  }
  return held;
}

}  // namespace strata
