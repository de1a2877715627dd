// What stands in boxes and beside arrows.

#ifndef STRATA_FORMATTERS_GRAPH_VIEW_BOX_TEXTS_H_
#define STRATA_FORMATTERS_GRAPH_VIEW_BOX_TEXTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/cell_texts.h"
#include "core/columns.h"
#include "core/formatter.h"
#include "core/summary.pb.h"
#include "formatters/graph_view/graph_view.h"

namespace strata::formatters::graph {

// All texts are printable (core/printable.h) and not long, whatever the model's
// names are; the formatter escapes them for its language.
class BoxTexts {
 public:
  // The metric is the first one of options.columns, or of the columns that fit
  // the summary. `summary` must outlive it. kInvalidArgument: no such column.
  static absl::StatusOr<BoxTexts> Make(const Summary& summary,
                                       const FormatOptions& options);

  // The lines of a box, or of the head of an opened one; at least one, and none
  // is empty.
  //   Conv2d / layer1.0.conv1 / [1, 64, 56, 56] / MACs: 115,605,504
  std::vector<std::string> Lines(const Box& box) const;

  // "[1, 64, 56, 56]", "add"; no line is empty, and none are where nothing is
  // known.
  std::vector<std::string> Lines(const Link& link) const;

  // What is written above or below the picture: the model, then the notes.
  std::vector<std::string> TitleLines(const GraphView& view) const;

  // How much of the metric is in each box that is not opened, in shades from 0
  // (nothing, or not known) to kShades (as much as the one that has most).
  static constexpr int kShades = 4;
  std::vector<int> Shades(const GraphView& view) const;

  // Of modules; true and false for others.
  bool IsExecuted(const Box& box) const;
  bool HasSeveralCalls(const Box& box) const;

 private:
  BoxTexts(const Summary& summary, bool unicode)
      : summary_(summary), unicode_(unicode), cells_(summary, unicode) {}

  std::string TypeLine(const Box& box) const;
  std::string PathLine(const Box& box) const;
  std::string MetricLine(const Box& box) const;
  std::string First(absl::string_view text) const;
  std::string Last(absl::string_view text) const;

  const Summary& summary_;
  const bool unicode_;
  const CellTexts cells_;
  std::optional<TextColumn> metric_;
};

}  // namespace strata::formatters::graph

#endif  // STRATA_FORMATTERS_GRAPH_VIEW_BOX_TEXTS_H_
