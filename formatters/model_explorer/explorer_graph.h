// A summary's graph with the names that Model Explorer knows its nodes by.

#ifndef STRATA_FORMATTERS_MODEL_EXPLORER_EXPLORER_GRAPH_H_
#define STRATA_FORMATTERS_MODEL_EXPLORER_EXPLORER_GRAPH_H_

#include <string>
#include <vector>

#include "core/summary.pb.h"
#include "formatters/graph_view/graph_view.h"

namespace strata::formatters::model_explorer {

// The graph's id in its collection.
std::string GraphId(const Summary& summary);

struct ExplorerGraph {
  // All levels, but for a model that is too deep or too large for the viewer.
  // `summary` must have a layer.
  explicit ExplorerGraph(const Summary& summary);

  graph::GraphView view;
  // By box. A node's id is its module's path, and unique. An opened module has
  // none: it is a namespace, "layer1/0" (with the module's own name in it).
  std::vector<std::string> ids;
  std::vector<std::string> namespaces;
};

}  // namespace strata::formatters::model_explorer

#endif  // STRATA_FORMATTERS_MODEL_EXPLORER_EXPLORER_GRAPH_H_
