#include "formatters/repr/repr.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/printable.h"
#include "core/summary.pb.h"
#include "formatters/common/layer_tree.h"
#include "formatters/repr/extra_repr.h"

namespace strata::formatters {
namespace repr {
namespace {

constexpr int kMaxLevels = 300;

// A number for each layer, the same for two that print the same but for their
// own names.
std::vector<int> ReprKinds(const Summary& summary, const LayerTree& tree) {
  std::vector<int> kinds(summary.layers_size());
  absl::flat_hash_map<std::string, int> kind_of;
  // Children stand behind their parent.
  for (int i = summary.layers_size() - 1; i >= 0; --i) {
    std::string key = summary.layers(i).type();
    for (const std::string& line : ExtraRepr(summary.layers(i))) {
      absl::StrAppend(&key, "\n", line);
    }
    for (int child = tree.first_child[i]; child >= 0;
         child = tree.next_sibling[child]) {
      const std::string& name = summary.layers(child).name();
      absl::StrAppend(&key, "\n", name.size(), ":", name, kinds[child]);
    }
    const int next = static_cast<int>(kind_of.size());
    kinds[i] = kind_of.try_emplace(std::move(key), next).first->second;
  }
  return kinds;
}

class Writer {
 public:
  Writer(const Summary& summary, const FormatOptions& options, Sink& sink)
      : summary_(summary),
        unicode_(options.unicode),
        tree_(summary),
        kinds_(ReprKinds(summary, tree_)),
        sink_(sink) {}

  // In place of recursion: the next child at each level, and brackets to close.
  void Write() {
    if (summary_.layers().empty()) {
      sink_.Write("()\n");
      return;
    }
    std::vector<int> next;
    if (Begin(0, "", 0)) next.push_back(tree_.first_child[0]);
    while (!next.empty()) {
      const int at = next.back();
      if (at < 0) {
        next.pop_back();
        Line(static_cast<int>(next.size()), ")");
        continue;
      }
      const Group group = GroupAt(at);
      next.back() = group.after;
      if (Begin(at, group.prefix, static_cast<int>(next.size()))) {
        next.push_back(tree_.first_child[at]);
      }
    }
  }

 private:
  // A child, or several of a ModuleList that print the same.
  struct Group {
    std::string prefix;  // "(conv1): ", "(0-11): 12 x "
    int after = -1;      // The next sibling.
  };

  Group GroupAt(int first) {
    const Layer& layer = summary_.layers(first);
    Group group;
    group.after = tree_.next_sibling[first];
    // torch/nn/modules/container.py: ModuleList.__repr__.
    if (summary_.layers(tree_.parent[first]).full_type() !=
        "torch.nn.modules.container.ModuleList") {
      group.prefix = absl::StrCat("(", layer.name(), "): ");
      return group;
    }
    int last = first;
    int count = 1;
    for (; group.after >= 0 && kinds_[group.after] == kinds_[first]; ++count) {
      last = group.after;
      group.after = tree_.next_sibling[last];
    }
    group.prefix = count == 1 ? absl::StrCat("(", layer.name(), "): ")
                              : absl::StrCat("(", layer.name(), "-",
                                             summary_.layers(last).name(),
                                             "): ", count, " x ");
    return group;
  }

  // Writes the layer up to its children; whether it has any to write.
  bool Begin(int place, const std::string& prefix, int level) {
    const Layer& layer = summary_.layers(place);
    const bool has_children = tree_.first_child[place] >= 0;
    std::string line = absl::StrCat(prefix, layer.type(), "(");
    if (has_children && level >= kMaxLevels) {
      Line(level, absl::StrCat(line, "...)"));
      return false;
    }
    const std::vector<std::string> extra = ExtraRepr(layer);
    // torch/nn/modules/module.py: Module.__repr__.
    if (!has_children && extra.size() <= 1) {
      Line(level, absl::StrCat(line, extra.empty() ? "" : extra[0], ")"));
      return false;
    }
    Line(level, line);
    for (const std::string& text : extra) Line(level + 1, text);
    if (!has_children) Line(level, ")");
    return has_children;
  }

  void Line(int level, absl::string_view text) {
    sink_.Write(absl::StrCat(std::string(2 * level, ' '),
                             Printable(text, unicode_), "\n"));
  }

  const Summary& summary_;
  const bool unicode_;
  const LayerTree tree_;
  const std::vector<int> kinds_;
  Sink& sink_;
};

}  // namespace
}  // namespace repr

absl::Status ReprFormatter::Format(const Summary& summary,
                                   const FormatOptions& options, Sink& sink) {
  repr::Writer(summary, options, sink).Write();
  return absl::OkStatus();
}

}  // namespace strata::formatters
