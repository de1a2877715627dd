// Reads a graph in the DOT language, the same each time.

#ifndef STRATA_FORMATTERS_SVG_READ_GRAPH_H_
#define STRATA_FORMATTERS_SVG_READ_GRAPH_H_

#include <gvc.h>

#include "absl/strings/string_view.h"

namespace strata::formatters::svg {

// As agmemread, but things get their ids in the order in which they are named.
// By itself Graphviz takes the addresses of their names, and draws clusters in
// the order of their ids: another picture with each run. Null: it is no graph.
// The caller closes it with agclose.
Agraph_t* ReadGraph(absl::string_view dot);

}  // namespace strata::formatters::svg

#endif  // STRATA_FORMATTERS_SVG_READ_GRAPH_H_
