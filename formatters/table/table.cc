#include "formatters/table/table.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "core/cell_texts.h"
#include "core/columns.h"
#include "core/printable.h"
#include "core/summary.pb.h"
#include "formatters/common/glyphs.h"
#include "formatters/common/row_selection.h"
#include "formatters/common/tree_lines.h"
#include "formatters/common/tree_rows.h"
#include "formatters/table/cells.h"
#include "formatters/table/layer_cell.h"
#include "formatters/table/layout.h"
#include "formatters/table/spans.h"
#include "formatters/table/totals.h"

namespace strata::formatters {
namespace table {
namespace {

class TableWriter {
 public:
  TableWriter(const Summary& summary, const FormatOptions& options,
              const std::vector<TextColumn>& columns,
              const std::vector<TreeRow>& places, Sink& sink)
      : summary_(summary),
        options_(options),
        columns_(columns),
        places_(places),
        texts_(summary, options.unicode),
        glyphs_(GetGlyphs(options.unicode)),
        totals_(MakeTotals(summary, options)),
        layout_(MakeLayout()),
        sink_(sink) {}

  void Write() {
    WriteTitle();
    WriteIncomplete();
    WriteRule(glyphs_.heavy_rule);
    WriteHeader();
    WriteRule(glyphs_.heavy_rule);
    WriteRows();
    WriteRule(glyphs_.heavy_rule);
    WriteTotals();
    WriteWarnings();
  }

 private:
  // Makes the cells, too.
  Layout MakeLayout() {
    LayoutMaker maker(columns_, options_);
    rows_.reserve(places_.size());
    for (const TreeRow& place : places_) {
      rows_.push_back(MakeCells(place, columns_, texts_, options_));
      maker.Look(place, MakeLayerCell(place, columns_, options_), rows_.back());
    }
    return maker.Make(totals_.width);
  }

  void WriteTitle() {
    const ModelInfo& model = summary_.model();
    std::string title = options_.title;
    if (title.empty()) {
      title = "Model:";
      if (!model.name().empty()) absl::StrAppend(&title, " ", model.name());
      if (!model.file().empty()) {
        absl::StrAppend(&title, " (", model.file(), ")");
      }
    }
    WriteWrapped(title, Style::kPlain);
    const std::string note = MatchNote(summary_, options_);
    if (note.empty()) return;
    WriteWrapped(absl::StrCat(note, " '", options_.match, "'"), Style::kDim);
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
      titles.push_back(Fit({column.title, Style::kBold}, column));
    }
    WriteCells(titles);
  }

  void WriteRows() {
    TreeLines lines(glyphs_, layout_.max_levels);
    std::vector<Spans> cells;
    for (size_t row = 0; row < rows_.size(); ++row) {
      const TreeRow& place = places_[row];
      cells.clear();
      cells.push_back(FirstCell(lines.Next(place),
                                MakeLayerCell(place, columns_, options_)));
      for (size_t i = 0; i < rows_[row].size(); ++i) {
        cells.push_back(Fit(std::move(rows_[row][i]), layout_.columns[i + 1]));
      }
      WriteCells(cells);
    }
  }

  Spans FirstCell(std::string lines, LayerCell layer) {
    const int room = layout_.columns[0].width - DisplayWidth(lines);
    Spans cell;
    cell.push_back({std::move(lines), Style::kDim});
    for (Span& span :
         layout_.cuts ? FitLayerCell(std::move(layer), room, glyphs_.ellipsis)
                      : WholeLayerCell(std::move(layer))) {
      cell.push_back(std::move(span));
    }
    return cell;
  }

  Spans Fit(Span text, const LayoutColumn& column) {
    Spans cell;
    cell.push_back(std::move(text));
    if (!layout_.cuts || column.is_number) return cell;
    return CutEnd(std::move(cell), column.width, glyphs_.ellipsis);
  }

  void WriteCells(const std::vector<Spans>& cells) {
    line_.clear();
    size_t spaces = 0;  // Written only before text: none at the line's end.
    for (size_t i = 0; i < cells.size(); ++i) {
      const LayoutColumn& column = layout_.columns[i];
      const int width = SpansWidth(cells[i]);
      const int padding = std::max(0, column.width - width);
      if (i > 0) spaces += kColumnGap;
      if (column.is_number) spaces += padding;
      if (width > 0) {
        line_.append(spaces, ' ');
        spaces = 0;
        AppendSpans(cells[i], options_.color, line_);
      }
      if (!column.is_number) spaces += padding;
    }
    sink_.Write(line_ += '\n');
  }

  void WriteTotals() {
    bool is_first = true;
    for (const std::vector<std::string>& group : totals_.groups) {
      if (!is_first) WriteRule(glyphs_.light_rule);
      is_first = false;
      for (const std::string& line : group) WriteLine({{line}});
    }
    if (!is_first) WriteRule(glyphs_.heavy_rule);
  }

  void WriteWarnings() {
    for (const std::string& warning : summary_.warnings()) {
      WriteWarning(absl::StrCat("warning: ", warning));
    }
  }

  // What is missing is said before what is there.
  void WriteIncomplete() {
    const RunConditions& run = summary_.run();
    if (!run.incomplete()) return;
    WriteWarning(
        absl::StrCat("incomplete: the run failed, what came after is missing",
                     run.error().empty() ? "" : ": ", run.error()));
  }

  void WriteWarning(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    WriteWrapped(text, Style::kYellow);
  }

  const Summary& summary_;
  const FormatOptions& options_;
  const std::vector<TextColumn>& columns_;
  const std::vector<TreeRow>& places_;
  const CellTexts texts_;
  const Glyphs& glyphs_;
  const Totals totals_;
  // What of each row stands behind its layer: made once, since to read the
  // figures of a large summary costs more than to keep their texts.
  std::vector<std::vector<Span>> rows_;
  const Layout layout_;
  Sink& sink_;
  std::string line_;  // Of one row after another.
};

}  // namespace
}  // namespace table

absl::Status TableFormatter::Format(const Summary& summary,
                                    const FormatOptions& options, Sink& sink) {
  const absl::StatusOr<std::vector<TextColumn>> columns =
      ResolveColumns(summary, options.columns, options.heat);
  if (!columns.ok()) return columns.status();
  const absl::StatusOr<std::vector<TreeRow>> rows = TreeRows(summary, options);
  if (!rows.ok()) return rows.status();
  table::TableWriter(summary, options, *columns, *rows, sink).Write();
  return absl::OkStatus();
}

}  // namespace strata::formatters
