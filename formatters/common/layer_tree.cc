#include "formatters/common/layer_tree.h"

#include <algorithm>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "core/summary.pb.h"

namespace strata::formatters {

LayerTree::LayerTree(const Summary& summary)
    : parent(summary.layers_size(), -1),
      first_child(summary.layers_size(), -1),
      next_sibling(summary.layers_size(), -1) {
  // From the end, each layer becomes the first of the siblings found so far.
  for (int i = summary.layers_size() - 1; i > 0; --i) {
    const int said = summary.layers(i).parent();
    parent[i] = said >= 0 && said < i ? said : 0;
    next_sibling[i] = first_child[parent[i]];
    first_child[parent[i]] = i;
  }
}

std::vector<int> DepthNumbers(const LayerTree& tree) {
  const size_t size = tree.parent.size();
  std::vector<int> depths(size, 0);
  std::vector<int> counts(size, 0);  // By depth.
  std::vector<int> numbers(size);
  for (size_t i = 0; i < size; ++i) {
    if (i > 0) depths[i] = depths[tree.parent[i]] + 1;
    numbers[i] = ++counts[depths[i]];
  }
  return numbers;
}

std::vector<bool> StandEarlierToo(const Summary& summary) {
  absl::flat_hash_map<absl::string_view, int> places;
  for (int i = 0; i < summary.layers_size(); ++i) {
    places.try_emplace(summary.layers(i).path(), i);
  }
  std::vector<bool> earlier(summary.layers_size());
  for (int i = 0; i < summary.layers_size(); ++i) {
    const auto& others = summary.layers(i).shared_with();
    earlier[i] = std::any_of(
        others.begin(), others.end(), [&](const std::string& other) {
          const auto found = places.find(other);
          return found != places.end() && found->second < i;
        });
  }
  return earlier;
}

}  // namespace strata::formatters
