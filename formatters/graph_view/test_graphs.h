// Summaries with data flow, for the tests of the formatters of graphs.

#ifndef STRATA_FORMATTERS_GRAPH_VIEW_TEST_GRAPHS_H_
#define STRATA_FORMATTERS_GRAPH_VIEW_TEST_GRAPHS_H_

#include <string>
#include <vector>

#include "core/formatter.h"
#include "core/summary.pb.h"

namespace strata::formatters::graph {

// By the modules' paths, the root "" first, each parent before its children.
// The class of "a.conv1" is Conv; each ran once and gave [2], but for those
// whose names begin with "idle". Edges: "a > b", "a > b add" (through an
// operator), "a >> b" (into b's output); the root is "model". Column `params`:
// a module's total is 10 for each of the modules in it.
Summary GraphOf(const std::vector<std::string>& paths,
                const std::vector<std::string>& edges);

// A residual block twice over, alike, and a head.
Summary Residual();
// As many modules in a row, below the root.
Summary Row(int modules);
// As many modules, each in the one before.
Summary Nested(int modules);
// Names that mean something to Graphviz, Mermaid, XML, HTML, Markdown, and
// terminals, as classes, paths and operators.
const std::vector<std::string>& HostileNames();
Summary Hostile(const std::string& name);

}  // namespace strata::formatters::graph

#endif  // STRATA_FORMATTERS_GRAPH_VIEW_TEST_GRAPHS_H_
