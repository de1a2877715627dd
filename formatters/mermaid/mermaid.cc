#include "formatters/mermaid/mermaid.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
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

// Mermaid's own (maxEdges, maxTextSize), which GitHub does not change. Text is
// counted in bytes here, which are no fewer than the characters it counts.
constexpr int kMaxLinks = 500;
constexpr size_t kMaxText = 50000;
constexpr int kMaxBoxes = 400;

constexpr absl::string_view kClasses =
    R"(  classDef shade1 fill:#eef4fb,stroke:#5b6b7f,color:#1f2328
  classDef shade2 fill:#d9e7f7,stroke:#5b6b7f,color:#1f2328
  classDef shade3 fill:#b9d3f0,stroke:#5b6b7f,color:#1f2328
  classDef shade4 fill:#93bce8,stroke:#5b6b7f,color:#1f2328
  classDef plain fill:#ffffff,stroke:#5b6b7f,color:#1f2328
  classDef gone fill:#eeeeee,stroke:#bbbbbb,color:#767676
  classDef end_ fill:#e8e8e8,stroke:#5b6b7f,color:#1f2328
  classDef open_ fill:none,stroke:#8a97a8,stroke-dasharray:5 5
)";

// As Mermaid's entities all that could mean something to it, to Markdown or to
// HTML: what is left are letters, digits and signs that end nothing.
void AppendText(absl::string_view text, std::string& out) {
  constexpr absl::string_view kPlain = " ,:[]()/+-_";
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    // "1. " or "- " at the beginning would be a list.
    const bool is_plain =
        absl::ascii_isalnum(c) || !absl::ascii_isascii(c) ||
        (i > 0 && absl::StrContains(kPlain, c)) ||
        (c == '.' && i > 0 && !absl::ascii_isdigit(text[0])) ||
        (c == '[' && i == 0);
    if (is_plain) {
      out += c;
    } else {
      absl::StrAppend(&out, "#", static_cast<int>(c), ";");
    }
  }
}

void AppendLines(const std::vector<std::string>& lines, std::string& out) {
  out += '"';
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) out += "<br>";
    AppendText(lines[i], out);
  }
  out += '"';
}

class Writer {
 public:
  Writer(const GraphView& view, const BoxTexts& texts)
      : view_(view), texts_(texts), shades_(texts.Shades(view)) {}

  std::string Text() {
    text_ = "flowchart TB\n";
    for (const std::string& line : texts_.TitleLines(view_)) {
      absl::StrAppend(&text_, "  %% ");
      AppendText(line, text_);
      text_ += '\n';
    }
    for (size_t i = 0; i < view_.boxes.size(); ++i) AppendBox(i);
    while (!open_.empty()) CloseOne();
    AppendNotes();
    for (const Link& link : view_.links) AppendLink(link);
    if (!opened_.empty()) {
      absl::StrAppend(&text_, "  class ", opened_, " open_\n");
    }
    absl::StrAppend(&text_, kClasses);
    return std::move(text_);
  }

 private:
  void AppendBox(size_t place) {
    const Box& box = view_.boxes[place];
    while (!open_.empty() && open_.back() != box.parent) CloseOne();
    Indent();
    if (box.kind == Box::Kind::kOpened) {
      absl::StrAppend(&text_, "subgraph n", place, "[");
      // Of a title with two lines the second would be under the boxes.
      AppendLines({absl::StrJoin(texts_.Lines(box), ", ")}, text_);
      text_ += "]\n";
      open_.push_back(static_cast<int>(place));
      return;
    }
    const bool is_round = box.kind != Box::Kind::kModule;
    absl::StrAppend(&text_, "n", place, is_round ? "([" : "[");
    AppendLines(texts_.Lines(box), text_);
    absl::StrAppend(&text_, is_round ? "])" : "]", ":::", ClassOf(place), "\n");
  }

  std::string ClassOf(size_t place) const {
    const Box& box = view_.boxes[place];
    if (box.kind != Box::Kind::kModule) return "end_";
    if (!texts_.IsExecuted(box)) return "gone";
    if (shades_[place] == 0) return "plain";
    return absl::StrCat("shade", shades_[place]);
  }

  void CloseOne() {
    absl::StrAppend(&opened_, opened_.empty() ? "n" : ",n", open_.back());
    open_.pop_back();
    Indent();
    text_ += "end\n";
  }

  // What the reader must know is in the picture, too.
  void AppendNotes() {
    if (view_.notes.empty()) return;
    text_ += "  note[";
    AppendLines(view_.notes, text_);
    text_ += "]:::open_\n";
  }

  void AppendLink(const Link& link) {
    absl::StrAppend(&text_, "  n", link.from, " -->");
    const std::vector<std::string> lines = texts_.Lines(link);
    if (!lines.empty()) {
      text_ += '|';
      AppendLines(lines, text_);
      text_ += '|';
    }
    absl::StrAppend(&text_, " n", link.to, "\n");
  }

  void Indent() {
    constexpr size_t kMaxLevels = 8;
    text_.append(2 + 2 * std::min(open_.size(), kMaxLevels), ' ');
  }

  const GraphView& view_;
  const BoxTexts& texts_;
  const std::vector<int> shades_;
  std::vector<int> open_;  // Boxes that are opened.
  std::string opened_;     // All that were: "n2,n4".
  std::string text_;
};

// Shows less until it fits. Each try is small, and there are few of them.
std::string FittingText(const Summary& summary, const BoxTexts& texts,
                        graph::ViewOptions options) {
  options.max_boxes = kMaxBoxes;
  options.max_links = kMaxLinks;
  GraphView view = graph::MakeGraphView(summary, options);
  std::string text = Writer(view, texts).Text();
  while (text.size() > kMaxText && options.max_boxes > 1) {
    if (view.depth > 1) {
      options.depth = graph::ShallowerThan(view.depth);
    } else {
      options.max_boxes /= 2;
      options.max_links /= 2;
    }
    view = graph::MakeGraphView(summary, options);
    view.notes.push_back(absl::StrCat("cut at depth ", view.depth,
                                      ": more is too much for Mermaid"));
    text = Writer(view, texts).Text();
  }
  return text;
}

}  // namespace

absl::Status MermaidFormatter::Format(const Summary& summary,
                                      const FormatOptions& options,
                                      Sink& sink) {
  const absl::StatusOr<BoxTexts> texts = BoxTexts::Make(summary, options);
  if (!texts.ok()) return texts.status();
  graph::ViewOptions view_options;
  view_options.depth = options.depth;
  view_options.fold = options.fold;
  sink.Write(FittingText(summary, *texts, view_options));
  return absl::OkStatus();
}

}  // namespace strata::formatters
