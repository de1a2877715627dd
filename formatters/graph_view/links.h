// The arrows of a graph: the summary's edges between what is drawn.

#ifndef STRATA_FORMATTERS_GRAPH_VIEW_LINKS_H_
#define STRATA_FORMATTERS_GRAPH_VIEW_LINKS_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "core/summary.pb.h"
#include "formatters/graph_view/drawn_tree.h"
#include "formatters/graph_view/graph_view.h"

namespace strata::formatters::graph {

// Of an opened module: what its output is made of.
class OutputsOf {
 public:
  OutputsOf(const Summary& summary, const DrawnTree& drawn);

  // False: one module in it gives it (Inner), by these operators, or it has no
  // output that is known to go anywhere.
  bool NeedsJunction(int layer) const { return outputs_[layer].is_junction; }
  // The module in it that gives its output, or -1.
  int Inner(int layer) const { return outputs_[layer].source; }
  const std::vector<absl::string_view>& Operators(int layer) const {
    return outputs_[layer].operators;
  }

 private:
  struct Output {
    int source = -1;
    bool is_junction = false;
    bool is_used = false;
    std::vector<absl::string_view> operators;
  };

  std::vector<Output> outputs_;  // By layer.
};

// Where things are in GraphView::boxes; -1: they are not.
struct BoxPlaces {
  explicit BoxPlaces(int layers) : box(layers, -1), junction(layers, -1) {}

  std::vector<int> box;       // By layer.
  std::vector<int> junction;  // By layer.
  int input = -1;
  int output = -1;
};

std::vector<Link> MakeLinks(const Summary& summary, const DrawnTree& drawn,
                            const OutputsOf& outputs, const BoxPlaces& places);

}  // namespace strata::formatters::graph

#endif  // STRATA_FORMATTERS_GRAPH_VIEW_LINKS_H_
