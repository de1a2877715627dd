// The part of a model's graph that is drawn: what the formatters of graphs
// share. How it is drawn is theirs.

#ifndef STRATA_FORMATTERS_GRAPH_VIEW_GRAPH_VIEW_H_
#define STRATA_FORMATTERS_GRAPH_VIEW_GRAPH_VIEW_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/summary.pb.h"

namespace strata::formatters::graph {

// Something that is drawn. In GraphView::boxes a box stands behind the one that
// it is in, and all that is in one box stands together.
struct Box {
  enum class Kind {
    kModule,    // One that is not opened.
    kOpened,    // A module with what is in it drawn inside.
    kJunction,  // Where an opened module's own code makes its output of
                // several.
    kInput,     // The model's own inputs,
    kOutput,    // and outputs.
    kMore,      // What did not fit: `count` modules beside each other.
  };
  Kind kind = Kind::kModule;
  int layer = 0;    // Place in summary.layers(); a junction's: the opened one.
  int parent = -1;  // The box that it is in; -1: the model itself.
  // How many siblings in a row, all alike, it stands for; the last of them.
  int count = 1;
  int last_layer = 0;
  std::vector<absl::string_view> operators;  // Of a junction.
};

// An arrow between boxes that are not opened. Points into the summary.
struct Link {
  int from = 0;  // Places in GraphView::boxes.
  int to = 0;
  std::vector<const Tensor*> tensors;        // Each form once.
  std::vector<absl::string_view> operators;  // On the way, each once.
};

struct GraphView {
  std::vector<Box> boxes;
  std::vector<Link> links;
  int depth = 0;                   // The deepest level drawn.
  std::vector<std::string> notes;  // What the reader must know: "cut at …".
};

struct ViewOptions {
  int depth = 3;  // The deepest level drawn.
  // Boxes in boxes at most, whatever `depth` is. No model that people make is
  // as deep, and Graphviz's time grows with the cube of it.
  int max_depth = 64;
  bool fold = false;  // Alike siblings in a row become one.
  // More than these: fewer levels; then fewer siblings, and fewer arrows. A
  // picture of as many is laid out in seconds.
  int max_boxes = 2000;
  int max_links = 3000;
};

// The modules to a depth, and how data goes between them. The root is not drawn
// where it has others in it: it is the picture. A module that ran and called
// none of its children is one box: what is in it did nothing by itself.
// Linear in the summary, which must have a layer and outlive the view.
GraphView MakeGraphView(const Summary& summary, const ViewOptions& options);

// The depth to try next where this one shows too much: few tries for any model.
int ShallowerThan(int depth);

}  // namespace strata::formatters::graph

#endif  // STRATA_FORMATTERS_GRAPH_VIEW_GRAPH_VIEW_H_
