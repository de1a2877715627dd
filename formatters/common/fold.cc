#include "formatters/common/fold.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/summary.pb.h"

namespace strata::formatters {
namespace {

// With its length in front, so that no two lists of texts give one key.
void AppendText(absl::string_view text, std::string& key) {
  absl::StrAppend(&key, text.size(), ":", text);
}

template <typename Messages>
void AppendMessages(const Messages& messages, std::string& key) {
  absl::StrAppend(&key, messages.size(), ";");
  for (const auto& message : messages) {
    AppendText(message.SerializeAsString(), key);
  }
}

const std::string& ValueText(const std::string& value) { return value; }
std::string ValueText(const MetricValue& value) {
  return value.SerializeAsString();
}

template <typename Map>
void AppendMap(const Map& map, std::string& key) {
  std::vector<const typename Map::value_type*> entries;
  for (const auto& entry : map) entries.push_back(&entry);
  std::sort(entries.begin(), entries.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  absl::StrAppend(&key, entries.size(), ";");
  for (const auto* entry : entries) {
    AppendText(entry->first, key);
    AppendText(ValueText(entry->second), key);
  }
}

void AppendLayer(const Layer& layer, std::string& key) {
  AppendText(layer.type(), key);
  AppendText(layer.full_type(), key);
  absl::StrAppend(&key, layer.flags_size(), ";");
  for (const std::string& flag : layer.flags()) AppendText(flag, key);
  AppendMessages(layer.calls(), key);
  AppendMessages(layer.parameters(), key);
  AppendMessages(layer.buffers(), key);
  AppendMap(layer.attributes(), key);
  AppendMap(layer.metrics(), key);
  absl::StrAppend(&key, layer.shared_with_size(), ";");
  for (const std::string& other : layer.shared_with()) AppendText(other, key);
}

}  // namespace

std::vector<int> SubtreeKinds(const Summary& summary, const LayerTree& tree,
                              const std::vector<bool>& shown) {
  std::vector<int> kinds(summary.layers_size());
  // Whole keys, not hashes: two subtrees that differ must never become one row.
  absl::flat_hash_map<std::string, int> kind_of;
  // Children stand behind their parent, so from the end they come before it.
  for (int i = summary.layers_size() - 1; i >= 0; --i) {
    std::string key;
    AppendLayer(summary.layers(i), key);
    absl::StrAppend(&key, shown[i] ? "+" : "-");
    for (int child = tree.first_child[i]; child >= 0;
         child = tree.next_sibling[child]) {
      AppendText(summary.layers(child).name(), key);
      absl::StrAppend(&key, kinds[child], ",");
    }
    const int next = static_cast<int>(kind_of.size());
    kinds[i] = kind_of.try_emplace(std::move(key), next).first->second;
  }
  return kinds;
}

}  // namespace strata::formatters
