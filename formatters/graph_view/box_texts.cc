#include "formatters/graph_view/box_texts.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/printable.h"

namespace strata::formatters::graph {
namespace {

constexpr int kMaxCells = 48;  // Of a line.
constexpr size_t kMaxListed = 3;

TextColumn OutputColumn() {
  TextColumn column;
  column.id = "output_size";
  return column;
}

// "a, b, c, +2"
std::string Listed(const std::vector<std::string>& texts,
                   absl::string_view separator) {
  const size_t shown = std::min(texts.size(), kMaxListed);
  std::string text =
      absl::StrJoin(texts.begin(), texts.begin() + shown, separator);
  if (shown < texts.size()) {
    absl::StrAppend(&text, separator, "+", texts.size() - shown);
  }
  return text;
}

template <typename Tensors>
std::string Shapes(const Tensors& tensors) {
  std::vector<std::string> shapes;
  for (const auto* tensor : tensors) {
    std::string shape = ShapeCell(*tensor);
    if (std::find(shapes.begin(), shapes.end(), shape) == shapes.end()) {
      shapes.push_back(std::move(shape));
    }
  }
  return Listed(shapes, "; ");
}

int64_t Total(const Layer& layer, const std::string& column) {
  const auto found = layer.metrics().find(column);
  return found == layer.metrics().end() ? 0 : found->second.total();
}

}  // namespace

absl::StatusOr<BoxTexts> BoxTexts::Make(const Summary& summary,
                                        const FormatOptions& options) {
  absl::StatusOr<std::vector<TextColumn>> columns =
      ResolveColumns(summary, options.columns);
  if (!columns.ok()) return columns.status();
  BoxTexts texts(summary, options.unicode);
  for (TextColumn& column : *columns) {
    if (!column.is_metric) continue;
    texts.metric_ = std::move(column);
    break;
  }
  return texts;
}

std::vector<std::string> BoxTexts::Lines(const Box& box) const {
  std::vector<std::string> lines;
  switch (box.kind) {
    case Box::Kind::kInput:
      return {"input"};
    case Box::Kind::kOutput:
      return {"output"};
    case Box::Kind::kMore:
      return {absl::StrCat(unicode_ ? "…" : "...", " ", WithCommas(box.count),
                           " more")};
    case Box::Kind::kJunction:
      lines.push_back(
          First(Listed({box.operators.begin(), box.operators.end()}, ", ")));
      if (lines[0].empty()) lines[0] = "output";
      return lines;
    case Box::Kind::kOpened:
      lines.push_back(absl::StrCat(PathLine(box), " (", TypeLine(box), ")"));
      break;
    case Box::Kind::kModule:
      lines = {TypeLine(box), PathLine(box),
               First(cells_.OfLayer(OutputColumn(), box.layer))};
      if (!IsExecuted(box)) lines.push_back("not executed");
      break;
  }
  lines.push_back(MetricLine(box));
  lines.erase(std::remove(lines.begin(), lines.end(), ""), lines.end());
  if (lines.empty()) lines.push_back("?");
  return lines;
}

std::string BoxTexts::TypeLine(const Box& box) const {
  const Layer& layer = summary_.layers(box.layer);
  std::string line = First(layer.type());
  if (layer.calls_size() > 1) {
    absl::StrAppend(&line, ", ", WithCommas(layer.calls_size()), " calls");
  }
  return line;
}

std::string BoxTexts::PathLine(const Box& box) const {
  std::string line = Last(summary_.layers(box.layer).path());
  if (box.count > 1) {
    absl::StrAppend(&line, unicode_ ? " … " : " ... ",
                    First(summary_.layers(box.last_layer).name()),
                    unicode_ ? " ×" : " x", box.count);
  }
  return line;
}

std::string BoxTexts::MetricLine(const Box& box) const {
  if (!metric_) return "";
  const std::string cell = cells_.OfLayer(*metric_, box.layer);
  if (cell.empty()) return "";
  return absl::StrCat(First(metric_->title), ": ", First(cell),
                      box.count > 1 ? " each" : "");
}

bool BoxTexts::IsExecuted(const Box& box) const {
  if (box.kind != Box::Kind::kModule) return true;
  const auto& flags = summary_.layers(box.layer).flags();
  return std::find(flags.begin(), flags.end(), "not_executed") == flags.end();
}

bool BoxTexts::HasSeveralCalls(const Box& box) const {
  return box.kind == Box::Kind::kModule &&
         summary_.layers(box.layer).calls_size() > 1;
}

std::vector<std::string> BoxTexts::Lines(const Link& link) const {
  std::vector<std::string> lines = {
      First(Shapes(link.tensors)),
      First(Listed({link.operators.begin(), link.operators.end()}, ", "))};
  lines.erase(std::remove(lines.begin(), lines.end(), ""), lines.end());
  return lines;
}

std::vector<std::string> BoxTexts::TitleLines(const GraphView& view) const {
  std::string title = First(summary_.model().name());
  if (!summary_.model().file().empty()) {
    absl::StrAppend(&title, " (", Last(summary_.model().file()), ")");
  }
  std::vector<std::string> lines = {std::move(title)};
  lines.insert(lines.end(), view.notes.begin(), view.notes.end());
  return lines;
}

std::vector<int> BoxTexts::Shades(const GraphView& view) const {
  std::vector<int> shades(view.boxes.size(), 0);
  if (!metric_) return shades;
  const auto total = [&](const Box& box) {
    return box.kind == Box::Kind::kModule
               ? Total(summary_.layers(box.layer), metric_->id)
               : 0;
  };
  int64_t most = 0;
  for (const Box& box : view.boxes) most = std::max(most, total(box));
  for (size_t i = 0; i < shades.size(); ++i) {
    const double part =
        most > 0 ? static_cast<double>(total(view.boxes[i])) / most : 0;
    if (part > 0) shades[i] = static_cast<int>(std::ceil(part * kShades));
  }
  return shades;
}

std::string BoxTexts::First(absl::string_view text) const {
  const std::string printable =
      Printable(text.substr(0, 4 * kMaxCells), unicode_);
  const absl::string_view first = FirstCells(printable, kMaxCells);
  if (first.size() == printable.size() && text.size() <= 4 * kMaxCells) {
    return printable;
  }
  return absl::StrCat(first, unicode_ ? "…" : "...");
}

std::string BoxTexts::Last(absl::string_view text) const {
  const size_t cut =
      text.size() <= 4 * kMaxCells ? 0 : text.size() - 4 * kMaxCells;
  const std::string printable = Printable(text.substr(cut), unicode_);
  const absl::string_view last = LastCells(printable, kMaxCells);
  if (last.size() == printable.size() && cut == 0) return printable;
  return absl::StrCat(unicode_ ? "…" : "...", last);
}

}  // namespace strata::formatters::graph
