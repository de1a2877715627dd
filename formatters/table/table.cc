#include "formatters/table/table.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "core/columns.h"
#include "core/printable.h"
#include "core/summary.pb.h"
#include "formatters/table/cells.h"
#include "formatters/table/glyphs.h"
#include "formatters/table/layout.h"
#include "formatters/table/spans.h"
#include "formatters/table/totals.h"
#include "formatters/table/tree_rows.h"

namespace strata::formatters {
namespace table {
namespace {

std::vector<Row> MakeRows(const Summary& summary, const FormatOptions& options,
                          const std::vector<TextColumn>& columns) {
  std::vector<Row> rows;
  for (const TreeRow& place : TreeRows(summary, options.depth, options.fold)) {
    rows.push_back(MakeRow(place, columns, summary, options.unicode));
  }
  return rows;
}

class TableWriter {
 public:
  TableWriter(const Summary& summary, const FormatOptions& options,
              const std::vector<TextColumn>& columns, Sink& sink)
      : summary_(summary),
        options_(options),
        glyphs_(GetGlyphs(options.unicode)),
        totals_(MakeTotals(summary, options.unicode)),
        rows_(MakeRows(summary, options, columns)),
        layout_(MakeLayout(columns, rows_, options.width, totals_.width,
                           options.unicode)),
        sink_(sink) {}

  void Write() {
    WriteTitle();
    WriteRule(glyphs_.heavy_rule);
    WriteHeader();
    WriteRule(glyphs_.heavy_rule);
    WriteRows();
    WriteRule(glyphs_.heavy_rule);
    WriteTotals();
    WriteWarnings();
  }

 private:
  void WriteTitle() {
    const ModelInfo& model = summary_.model();
    std::string title = "Model:";
    if (!model.name().empty()) absl::StrAppend(&title, " ", model.name());
    if (!model.file().empty()) absl::StrAppend(&title, " (", model.file(), ")");
    WriteWrapped(title, Style::kPlain);
  }

  // Text that may be longer than the table is wide.
  void WriteWrapped(absl::string_view text, Style style) {
    constexpr int kIndent = 2;
    for (std::string& line :
         Wrap(Printable(text, options_.unicode), options_.width, kIndent)) {
      WriteLine({{std::move(line), style}});
    }
  }

  void WriteLine(const Spans& spans) {
    std::string line;
    AppendSpans(spans, options_.color, line);
    sink_.Write(line += '\n');
  }

  void WriteRule(absl::string_view glyph) {
    std::string rule;
    for (int i = 0; i < layout_.Width(); ++i) absl::StrAppend(&rule, glyph);
    WriteLine({{std::move(rule), Style::kDim}});
  }

  void WriteHeader() {
    std::vector<Spans> titles;
    for (const LayoutColumn& column : layout_.columns) {
      titles.push_back(Fit({{column.title, Style::kBold}}, column));
    }
    WriteCells(titles);
  }

  void WriteRows() {
    TreeLines lines(glyphs_, layout_.max_levels);
    std::vector<Spans> cells;
    for (const Row& row : rows_) {
      cells.clear();
      cells.push_back(LayerCell(lines.Next(row.place), row));
      for (size_t i = 0; i < row.cells.size(); ++i) {
        cells.push_back(Fit(row.cells[i], layout_.columns[i + 1]));
      }
      WriteCells(cells);
    }
  }

  Spans LayerCell(std::string lines, const Row& row) {
    const int room = layout_.columns[0].width - DisplayWidth(lines);
    Spans cell = {{std::move(lines), Style::kDim}};
    for (Span& span : FitLayer(row, room)) cell.push_back(std::move(span));
    return cell;
  }

  // The marks say too much to be cut, unless they would leave no name.
  Spans FitLayer(const Row& row, int room) {
    constexpr int kLeastLabel = 8;
    Spans whole = row.label;
    whole.insert(whole.end(), row.marks.begin(), row.marks.end());
    if (!layout_.cuts || SpansWidth(whole) <= room) return whole;
    const int for_label = room - SpansWidth(row.marks);
    if (for_label < kLeastLabel) {
      return CutMiddle(whole, room, glyphs_.ellipsis);
    }
    Spans fitted = CutMiddle(row.label, for_label, glyphs_.ellipsis);
    fitted.insert(fitted.end(), row.marks.begin(), row.marks.end());
    return fitted;
  }

  Spans Fit(const Spans& cell, const LayoutColumn& column) {
    if (!layout_.cuts || column.is_number) return cell;
    return CutEnd(cell, column.width, glyphs_.ellipsis);
  }

  void WriteCells(const std::vector<Spans>& cells) {
    std::string line;
    size_t spaces = 0;  // Written only before text: none at the line's end.
    for (size_t i = 0; i < cells.size(); ++i) {
      const LayoutColumn& column = layout_.columns[i];
      const int width = SpansWidth(cells[i]);
      const int padding = std::max(0, column.width - width);
      if (i > 0) spaces += kColumnGap;
      if (column.is_number) spaces += padding;
      if (width > 0) {
        line.append(spaces, ' ');
        spaces = 0;
        AppendSpans(cells[i], options_.color, line);
      }
      if (!column.is_number) spaces += padding;
    }
    sink_.Write(line += '\n');
  }

  void WriteTotals() {
    for (const std::string& line : totals_.counts) WriteLine({{line}});
    if (!totals_.counts.empty() && !totals_.sizes.empty()) {
      WriteRule(glyphs_.light_rule);
    }
    for (const std::string& line : totals_.sizes) WriteLine({{line}});
    if (totals_.width > 0) WriteRule(glyphs_.heavy_rule);
  }

  void WriteWarnings() {
    for (const std::string& warning : summary_.warnings()) {
      std::string text = absl::StrCat("warning: ", warning);
      std::replace(text.begin(), text.end(), '\n', ' ');
      WriteWrapped(text, Style::kYellow);
    }
  }

  const Summary& summary_;
  const FormatOptions& options_;
  const Glyphs& glyphs_;
  const Totals totals_;
  const std::vector<Row> rows_;
  const Layout layout_;
  Sink& sink_;
};

}  // namespace
}  // namespace table

absl::Status TableFormatter::Format(const Summary& summary,
                                    const FormatOptions& options, Sink& sink) {
  const absl::StatusOr<std::vector<TextColumn>> columns =
      ResolveColumns(summary, options.columns);
  if (!columns.ok()) return columns.status();
  table::TableWriter(summary, options, *columns, sink).Write();
  return absl::OkStatus();
}

}  // namespace strata::formatters
