#include "formatters/graph_view/graph_view.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/columns.h"
#include "formatters/graph_view/drawn_tree.h"
#include "formatters/graph_view/links.h"

namespace strata::formatters::graph {
namespace {

// Makes the boxes, a box behind the one that it is in.
class BoxMaker {
 public:
  BoxMaker(const DrawnTree& drawn, const OutputsOf& outputs, BoxPlaces& places,
           std::vector<Box>& boxes)
      : drawn_(drawn), outputs_(outputs), places_(places), boxes_(boxes) {}

  void Make() {
    if (!drawn_.IsOpened(0)) {
      places_.box[0] = Add(Box::Kind::kModule, 0, -1);
      return;
    }
    open_.push_back({0, -1, drawn_.FirstInRun(0)});
    while (!open_.empty()) {
      Level& level = open_.back();
      if (level.next < 0) {
        Close(level);
        open_.pop_back();
        continue;
      }
      const int child = level.next;
      level.next = drawn_.NextInRun(child);
      if (drawn_.Like(child) == child) AddLayer(child, level);
    }
  }

 private:
  // An opened module whose children are being drawn.
  struct Level {
    int layer;
    int box;
    int next;  // The next child, -1 for none.
    int drawn = 0;
    int more = -1;  // The box for those that do not fit.
  };

  void AddLayer(int layer, Level& level) {
    if (level.drawn == drawn_.max_children()) {
      if (level.more < 0) {
        level.more = Add(Box::Kind::kMore, layer, level.box);
        boxes_.back().count = 0;
      }
      boxes_[level.more].count += drawn_.Count(layer);
      boxes_[level.more].last_layer = drawn_.Last(layer);
      places_.box[layer] = level.more;
      return;
    }
    ++level.drawn;
    const bool opened = drawn_.IsOpened(layer);
    const int box =
        Add(opened ? Box::Kind::kOpened : Box::Kind::kModule, layer, level.box);
    boxes_.back().count = drawn_.Count(layer);
    boxes_.back().last_layer = drawn_.Last(layer);
    places_.box[layer] = box;
    if (opened) open_.push_back({layer, box, drawn_.FirstInRun(layer)});
  }

  void Close(const Level& level) {
    if (!outputs_.NeedsJunction(level.layer)) return;
    places_.junction[level.layer] =
        Add(Box::Kind::kJunction, level.layer, level.box);
    boxes_.back().operators = outputs_.Operators(level.layer);
  }

  int Add(Box::Kind kind, int layer, int parent) {
    Box box;
    box.kind = kind;
    box.layer = box.last_layer = layer;
    box.parent = parent;
    boxes_.push_back(std::move(box));
    return static_cast<int>(boxes_.size()) - 1;
  }

  const DrawnTree& drawn_;
  const OutputsOf& outputs_;
  BoxPlaces& places_;
  std::vector<Box>& boxes_;
  std::vector<Level> open_;
};

int AddEnd(Box::Kind kind, std::vector<Box>& boxes) {
  boxes.emplace_back().kind = kind;
  return static_cast<int>(boxes.size()) - 1;
}

GraphView MakeView(const Summary& summary, const ViewOptions& options) {
  GraphView view;
  const DrawnTree drawn(summary, options);
  const OutputsOf outputs(summary, drawn);
  BoxPlaces places(summary.layers_size());
  const bool ran = !summary.layers(0).calls().empty();
  if (ran) places.input = AddEnd(Box::Kind::kInput, view.boxes);
  BoxMaker(drawn, outputs, places, view.boxes).Make();
  if (ran) places.output = AddEnd(Box::Kind::kOutput, view.boxes);
  view.links = MakeLinks(summary, drawn, outputs, places);
  view.depth = drawn.max_depth();
  if (!drawn.cut().empty()) view.notes.push_back(drawn.cut());
  if (!ran) {
    view.notes.push_back("nothing ran: how data flows is not known");
  } else if (summary.edges().empty() && drawn.IsOpened(0)) {
    view.notes.push_back(
        "how data flows is not known: no metric had operators watched");
  } else if (summary.edges_incomplete()) {
    view.notes.push_back("some of the data flow is left out");
  }
  if (summary.run().incomplete()) {
    view.notes.push_back("the run failed half way: what came after is missing");
  }
  return view;
}

}  // namespace

GraphView MakeGraphView(const Summary& summary, const ViewOptions& options) {
  ViewOptions tried = options;
  GraphView view = MakeView(summary, tried);
  const size_t max_links = options.max_links;
  const std::string too_many =
      absl::StrCat("more has over ", WithCommas(options.max_links), " arrows");
  bool is_cut = false;
  while (view.links.size() > max_links && view.depth > 1) {
    tried.depth = ShallowerThan(view.depth);
    view = MakeView(summary, tried);
    is_cut = true;
  }
  if (is_cut) {
    view.notes.push_back(
        absl::StrCat("cut at depth ", view.depth, ": ", too_many));
  }
  if (view.links.size() > max_links) {
    view.links.resize(max_links);
    view.notes.push_back(
        absl::StrCat("cut after ", WithCommas(max_links), " arrows"));
  }
  return view;
}

int ShallowerThan(int depth) { return depth > 4 ? depth / 2 : depth - 1; }

}  // namespace strata::formatters::graph
