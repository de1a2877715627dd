#include "formatters/model_explorer/explorer_graph.h"

#include <limits>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace strata::formatters::model_explorer {
namespace {

using graph::Box;

graph::ViewOptions AllLevels() {
  graph::ViewOptions options;
  options.depth = std::numeric_limits<int>::max();
  options.max_boxes = 100000;
  options.max_links = 300000;
  return options;
}

std::string WantedId(const Summary& summary, const Box& box) {
  const std::string& path = summary.layers(box.layer).path();
  switch (box.kind) {
    case Box::Kind::kInput:
      return "(inputs)";
    case Box::Kind::kOutput:
      return "(outputs)";
    case Box::Kind::kMore:
      return "(more)";
    case Box::Kind::kJunction:
      return absl::StrCat(path, " (output)");
    case Box::Kind::kModule:
    case Box::Kind::kOpened:
      break;
  }
  return path.empty() ? "(model)" : path;
}

}  // namespace

std::string GraphId(const Summary& summary) {
  return summary.model().name().empty() ? "model" : summary.model().name();
}

ExplorerGraph::ExplorerGraph(const Summary& summary)
    : view(graph::MakeGraphView(summary, AllLevels())),
      ids(view.boxes.size()),
      namespaces(view.boxes.size()) {
  absl::flat_hash_set<std::string> taken;
  for (size_t i = 0; i < view.boxes.size(); ++i) {
    const Box& box = view.boxes[i];
    if (box.parent >= 0) namespaces[i] = namespaces[box.parent];
    if (box.kind == Box::Kind::kOpened) {
      // A name with a slash is one name.
      absl::StrAppend(
          &namespaces[i], namespaces[i].empty() ? "" : "/",
          absl::StrReplaceAll(summary.layers(box.layer).name(), {{"/", "_"}}));
      continue;
    }
    ids[i] = WantedId(summary, box);
    // Paths are unique, but a saved summary may say anything.
    if (!taken.insert(ids[i]).second) {
      ids[i] = absl::StrCat(ids[i], "#", i);
      taken.insert(ids[i]);
    }
  }
}

}  // namespace strata::formatters::model_explorer
