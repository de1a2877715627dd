#include "formatters/markdown/markdown.h"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/cell_texts.h"
#include "core/columns.h"
#include "core/summary.pb.h"
#include "formatters/common/row_selection.h"
#include "formatters/common/total_lines.h"
#include "formatters/common/tree_rows.h"
#include "formatters/markdown/escape.h"
#include "formatters/markdown/label.h"

namespace strata::formatters {
namespace markdown {
namespace {

// Rows that a reader scrolls past without a click.
constexpr size_t kMostRows = 100;

class MarkdownWriter {
 public:
  MarkdownWriter(const Summary& summary, const FormatOptions& options,
                 const std::vector<TextColumn>& columns, Sink& sink)
      : summary_(summary),
        options_(options),
        columns_(columns),
        texts_(summary, options.unicode),
        sink_(sink) {}

  // `all`: the rows of every module; empty where `rows` has them.
  void Write(const std::vector<TreeRow>& rows,
             const std::vector<TreeRow>& all) {
    WriteTitle();
    WriteWarnings();
    const size_t shown = std::min(rows.size(), kMostRows);
    WriteTable(rows, shown);
    if (shown < rows.size()) {
      sink_.Write(absl::StrCat("\n", WithCommas(rows.size() - shown),
                               " more rows are in the section below.\n"));
    }
    WriteTotals();
    if (all.empty()) return;
    sink_.Write(absl::StrCat("\n<details>\n<summary>All ",
                             WithCommas(summary_.layers_size()),
                             " modules</summary>\n\n"));
    WriteTable(all, all.size());
    sink_.Write("\n</details>\n");
  }

 private:
  std::string Text(absl::string_view text) const {
    return Inline(text, options_.unicode);
  }

  std::string Words(absl::string_view text) const {
    return Prose(absl::StrReplaceAll(text, {{"\n", " "}}), options_.unicode);
  }

  void WriteTitle() {
    const ModelInfo& model = summary_.model();
    std::string title =
        options_.title.empty() ? "Model" : Words(options_.title);
    if (options_.title.empty() && !model.name().empty()) {
      title = Text(model.name());
    }
    sink_.Write(absl::StrCat("### ", title, "\n\n"));
    std::vector<std::string> facts;
    if (options_.title.empty() && !model.file().empty()) {
      facts.push_back(Code(model.file(), options_.unicode));
    }
    for (const Tensor& input : summary_.run().inputs()) {
      facts.push_back(absl::StrCat(facts.empty() ? "Input " : "input ",
                                   ShapeCell(input), " ", Text(input.dtype())));
    }
    for (size_t i = 0; i < facts.size(); ++i) {
      sink_.Write(absl::StrCat(i == 0 ? "" : ", ", facts[i]));
    }
    if (!facts.empty()) sink_.Write("\n\n");
    const std::string note = MatchNote(summary_, options_);
    if (!note.empty()) {
      sink_.Write(absl::StrCat(note, " ",
                               Code(options_.match, options_.unicode), "\n\n"));
    }
  }

  // As GitHub marks what a reader must not miss; elsewhere it is a quotation.
  void WriteWarnings() {
    const RunConditions& run = summary_.run();
    std::vector<std::string> lines;
    if (run.incomplete()) {
      lines.push_back(absl::StrCat(
          "incomplete: the run failed, what came after is missing",
          run.error().empty() ? "" : absl::StrCat(": ", Words(run.error()))));
    }
    for (const std::string& warning : summary_.warnings()) {
      lines.push_back(Words(warning));
    }
    if (lines.empty()) return;
    sink_.Write("> [!WARNING]\n");
    for (const std::string& line : lines) {
      sink_.Write(absl::StrCat("> - ", line, "\n"));
    }
    sink_.Write("\n");
  }

  void WriteTable(const std::vector<TreeRow>& rows, size_t count) {
    std::string line =
        absl::StrCat("| ", options_.var_names ? "Layer (type)" : "Type",
                     options_.depth_index ? ": depth-index" : "", " |");
    std::string rule = "| :--- |";
    for (const TextColumn& column : columns_) {
      absl::StrAppend(&line, " ", Words(column.title), " |");
      absl::StrAppend(&rule, column.is_number ? " ---: |" : " :--- |");
    }
    sink_.Write(absl::StrCat(line, "\n", rule, "\n"));
    for (size_t i = 0; i < count; ++i) WriteRow(rows[i]);
  }

  void WriteRow(const TreeRow& row) {
    std::string line = absl::StrCat("| ", Label(row, options_), " |");
    for (const TextColumn& column : columns_) {
      const std::string cell =
          Cell(column, row.parameter == nullptr
                           ? texts_.OfLayer(column, row.place)
                           : texts_.OfParameter(column, *row.parameter));
      absl::StrAppend(&line, cell.empty() ? " |" : " ", cell,
                      cell.empty() ? "" : " |");
    }
    sink_.Write(line += '\n');
  }

  // Our own numbers are plain.
  std::string Cell(const TextColumn& column, const std::string& text) const {
    if (column.is_metric) return text;
    return Text(absl::StripLeadingAsciiWhitespace(text));
  }

  void WriteTotals() {
    const auto groups = TotalLines(summary_, options_.unicode);
    if (groups.empty()) return;
    sink_.Write("\n| Total | |\n| :--- | ---: |\n");
    for (const std::vector<TotalLine>& group : groups) {
      for (const TotalLine& line : group) {
        std::string label = Words(line.label);
        if (line.peak != nullptr) {
          absl::StrAppend(&label, ", in ",
                          Code(line.peak->path().empty() ? line.peak->type()
                                                         : line.peak->path(),
                               options_.unicode));
        }
        sink_.Write(absl::StrCat("| ", label, " | ", Text(line.value), " |\n"));
      }
    }
  }

  const Summary& summary_;
  const FormatOptions& options_;
  const std::vector<TextColumn>& columns_;
  const CellTexts texts_;
  Sink& sink_;
};

}  // namespace
}  // namespace markdown

absl::Status MarkdownFormatter::Format(const Summary& summary,
                                       const FormatOptions& options,
                                       Sink& sink) {
  const absl::StatusOr<std::vector<TextColumn>> columns =
      ResolveColumns(summary, options.columns, options.heat);
  if (!columns.ok()) return columns.status();
  const absl::StatusOr<std::vector<TreeRow>> rows = TreeRows(summary, options);
  if (!rows.ok()) return rows.status();
  std::vector<TreeRow> all;
  if (options.match.empty()) {
    FormatOptions deepest = options;
    deepest.depth = std::numeric_limits<int>::max();
    all = *TreeRows(summary, deepest);
    if (all.size() == rows->size() && all.size() <= markdown::kMostRows) {
      all.clear();
    }
  }
  markdown::MarkdownWriter(summary, options, *columns, sink).Write(*rows, all);
  return absl::OkStatus();
}

}  // namespace strata::formatters
