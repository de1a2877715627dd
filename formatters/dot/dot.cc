#include "formatters/dot/dot.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/summary.pb.h"
#include "formatters/graph_view/box_texts.h"
#include "formatters/graph_view/graph_view.h"

namespace strata::formatters {
namespace {

using graph::Box;
using graph::BoxTexts;
using graph::GraphView;
using graph::Link;

// Fills for the shades of a metric, from none to most; text stays readable.
constexpr absl::string_view kFills[BoxTexts::kShades + 1] = {
    "#ffffff", "#eef4fb", "#d9e7f7", "#b9d3f0", "#93bce8"};

// Boxes and arrows of a large picture.
constexpr size_t kLarge = 300;

constexpr absl::string_view kHead =
    R"(  graph [fontname="Helvetica,Arial,sans-serif", fontsize=12, labelloc=t, rankdir=TB, nodesep=0.3, ranksep=0.35, bgcolor=white]
  node [shape=box, style="rounded,filled", fontname="Helvetica,Arial,sans-serif", fontsize=11, color="#5b6b7f", fillcolor=white, margin="0.2,0.08"]
  edge [fontname="Helvetica,Arial,sans-serif", fontsize=9, color="#5b6b7f", fontcolor="#4a4a4a", arrowsize=0.7]
)";

// A quoted string, in which every sign stands for itself.
void AppendQuoted(const std::vector<std::string>& lines, std::string& out) {
  out += '"';
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) out += "\\n";
    for (const char c : lines[i]) {
      if (c == '&') {
        out += "&amp;";
        continue;
      }
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
  }
  out += '"';
}

class Writer {
 public:
  Writer(const GraphView& view, const BoxTexts& texts, Sink& sink)
      : view_(view),
        texts_(texts),
        shades_(texts.Shades(view)),
        sink_(sink),
        last_in_(view.boxes.size()) {
    for (int i = static_cast<int>(view.boxes.size()) - 1; i >= 0; --i) {
      last_in_[i] = std::max(last_in_[i], i);
      const int parent = view.boxes[i].parent;
      if (parent >= 0) {
        last_in_[parent] = std::max(last_in_[parent], last_in_[i]);
      }
    }
  }

  void Write() {
    text_ = "digraph ";
    AppendQuoted({texts_.TitleLines(view_)[0]}, text_);
    absl::StrAppend(&text_, " {\n", kHead, "  label=");
    AppendQuoted(texts_.TitleLines(view_), text_);
    text_ += '\n';
    // Where a picture is large, a good layout that comes soon is better than
    // the best one: these bound how long Graphviz looks for it.
    if (view_.boxes.size() + view_.links.size() > kLarge) {
      text_ += "  nslimit=1; nslimit1=1; mclimit=0.3\n";
    }
    for (size_t i = 0; i < view_.boxes.size(); ++i) WriteBox(i);
    while (!open_.empty()) CloseOne();
    for (const Link& link : view_.links) WriteLink(link);
    WriteOrder();
    text_ += "}\n";
    sink_.Write(text_);
  }

 private:
  void WriteBox(size_t place) {
    const Box& box = view_.boxes[place];
    while (!open_.empty() && open_.back() != box.parent) CloseOne();
    Indent();
    if (box.kind == Box::Kind::kOpened) {
      open_.push_back(static_cast<int>(place));
      absl::StrAppend(&text_, "subgraph cluster_", place, " {\n");
      Indent();
      text_ +=
          "style=\"dashed,rounded\"; color=\"#8a97a8\"; fontsize=10; "
          "labeljust=l; "
          "label=";
      AppendQuoted(texts_.Lines(box), text_);
    } else {
      absl::StrAppend(&text_, "n", place, " [label=");
      AppendQuoted(texts_.Lines(box), text_);
      text_ += Style(place);
      text_ += ']';
    }
    text_ += '\n';
    Flush();
  }

  std::string Style(size_t place) const {
    const Box& box = view_.boxes[place];
    switch (box.kind) {
      case Box::Kind::kJunction:
        return ", shape=ellipse, style=filled, fillcolor=\"#f2f2f2\", "
               "fontsize=9, margin=\"0.02,0.01\", height=0.2, width=0.3";
      case Box::Kind::kInput:
      case Box::Kind::kOutput:
        return ", shape=ellipse, style=filled, fillcolor=\"#e8e8e8\"";
      case Box::Kind::kMore:
        return ", style=\"dashed,rounded\"";
      case Box::Kind::kModule:
      case Box::Kind::kOpened:
        break;
    }
    if (!texts_.IsExecuted(box)) {
      return ", fillcolor=\"#eeeeee\", color=\"#bbbbbb\", "
             "fontcolor=\"#767676\"";
    }
    if (shades_[place] == 0) return "";
    return absl::StrCat(", fillcolor=\"", kFills[shades_[place]], "\"");
  }

  void WriteLink(const Link& link) {
    absl::StrAppend(&text_, "  n", link.from, " -> n", link.to);
    const std::vector<std::string> lines = texts_.Lines(link);
    // Boxes stand in the order of the run. What comes back to a module that was
    // called before does not lift it below itself.
    const bool goes_back =
        link.from > link.to && texts_.HasSeveralCalls(view_.boxes[link.to]);
    if (!lines.empty()) {
      // Among so many arrows a text could not be read: it is shown where one
      // points at the arrow.
      const bool is_dense = view_.links.size() > 2 * view_.boxes.size() + 20;
      text_ += is_dense ? " [edgetooltip=" : " [label=";
      AppendQuoted(lines, text_);
      text_ += ']';
    }
    if (goes_back) text_ += " [constraint=false]";
    text_ += '\n';
    Flush();
  }

  // Edges that are not seen and only keep things below each other.
  void WriteOrder() {
    int before = -1;
    if (view_.links.empty()) {  // How data flows is not known.
      for (size_t i = 0; i < view_.boxes.size(); ++i) {
        if (view_.boxes[i].kind == Box::Kind::kOpened) continue;
        if (before >= 0) WriteInvisible(before, static_cast<int>(i));
        before = static_cast<int>(i);
      }
    }
    // A module that is called again in the middle of a block, and gives the
    // block's output, too: what takes that stands below all that feeds it.
    constexpr size_t kMaxSources = 8;
    std::vector<std::vector<int>> sources(view_.boxes.size());
    for (const Link& link : view_.links) {
      if (texts_.HasSeveralCalls(view_.boxes[link.to]) &&
          IsIn(link.from, view_.boxes[link.to].parent)) {
        sources[link.to].push_back(link.from);
      }
    }
    for (const Link& link : view_.links) {
      const int block = view_.boxes[link.from].parent;
      if (block < 0 || IsIn(link.to, block) ||
          sources[link.from].size() > kMaxSources) {
        continue;
      }
      for (const int source : sources[link.from]) {
        WriteInvisible(source, link.to);
      }
    }
  }

  bool IsIn(int box, int block) const {
    return block >= 0 && block < box && box <= last_in_[block];
  }

  void WriteInvisible(int from, int to) {
    absl::StrAppend(&text_, "  n", from, " -> n", to, " [style=invis]\n");
    Flush();
  }

  void CloseOne() {
    open_.pop_back();
    Indent();
    text_ += "}\n";
  }

  // Not deeper than can be seen: the text stays linear in a deep model.
  void Indent() {
    constexpr size_t kMaxLevels = 16;
    text_.append(2 + 2 * std::min(open_.size(), kMaxLevels), ' ');
  }

  void Flush() {
    constexpr size_t kPiece = 16384;
    if (text_.size() < kPiece) return;
    sink_.Write(text_);
    text_.clear();
  }

  const GraphView& view_;
  const BoxTexts& texts_;
  const std::vector<int> shades_;
  Sink& sink_;
  std::vector<int> last_in_;  // By box: the last that is in it, or itself.
  std::vector<int> open_;     // Boxes that are opened.
  std::string text_;
};

}  // namespace

absl::Status DotFormatter::Format(const Summary& summary,
                                  const FormatOptions& options, Sink& sink) {
  const absl::StatusOr<BoxTexts> texts = BoxTexts::Make(summary, options);
  if (!texts.ok()) return texts.status();
  graph::ViewOptions view_options;
  view_options.depth = options.depth;
  view_options.fold = options.fold;
  Writer(graph::MakeGraphView(summary, view_options), *texts, sink).Write();
  return absl::OkStatus();
}

}  // namespace strata::formatters
