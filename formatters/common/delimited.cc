#include "formatters/common/delimited.h"

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "core/cell_texts.h"
#include "core/columns.h"
#include "core/printable.h"

namespace strata::formatters {
namespace {

constexpr absl::string_view kInputs = "input_size";
constexpr absl::string_view kOutputs = "output_size";

// One line after another.
class LineWriter {
 public:
  LineWriter(char separator, absl::string_view line_end, Sink& sink)
      : special_{separator, '"', '\n', '\r'},
        separator_(separator),
        line_end_(line_end),
        sink_(sink) {}

  void Add(absl::string_view text) {
    if (!is_first_) line_ += separator_;
    is_first_ = false;
    if (NeedsRepair(text)) {
      const std::string nul(1, '\0');
      AddQuoted(absl::StrReplaceAll(ValidUtf8(text), {{nul, "\xef\xbf\xbd"}}));
    } else {
      AddQuoted(text);
    }
  }

  void Add(int64_t value) { Add(absl::StrCat(value)); }

  void End() {
    absl::StrAppend(&line_, line_end_);
    sink_.Write(line_);
    line_.clear();
    is_first_ = true;
  }

 private:
  static bool NeedsRepair(absl::string_view text) {
    for (const char c : text) {
      if (c == '\0' || !absl::ascii_isascii(static_cast<unsigned char>(c))) {
        return true;
      }
    }
    return false;
  }

  void AddQuoted(absl::string_view text) {
    if (text.find_first_of(special_) == text.npos) {
      absl::StrAppend(&line_, text);
    } else {
      absl::StrAppend(&line_, "\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}),
                      "\"");
    }
  }

  const std::string special_;
  const char separator_;
  const absl::string_view line_end_;
  Sink& sink_;
  std::string line_;
  bool is_first_ = true;
};

std::string CallText(const Call& call, bool inputs) {
  return absl::StrJoin(inputs ? call.inputs() : call.outputs(), ", ",
                       [](std::string* out, const Tensor& tensor) {
                         absl::StrAppend(out, ShapeCell(tensor));
                       });
}

// Every call's, in order; once where all are alike.
std::string ShapesText(const Layer& layer, bool inputs) {
  std::vector<std::string> calls;
  bool are_alike = true;
  for (const Call& call : layer.calls()) {
    calls.push_back(CallText(call, inputs));
    are_alike = are_alike && calls.back() == calls.front();
  }
  if (calls.empty()) return "";
  return are_alike ? calls.front() : absl::StrJoin(calls, "; ");
}

// All that there is of a layer.
class FullRows {
 public:
  FullRows(const Summary& summary, LineWriter& line)
      : summary_(summary), line_(line) {}

  void AddNames() {
    for (const absl::string_view name :
         {absl::string_view("path"), absl::string_view("name"),
          absl::string_view("type"), absl::string_view("full_type"),
          absl::string_view("depth"), kInputs, kOutputs,
          absl::string_view("calls"), absl::string_view("flags"),
          absl::string_view("shared_with")}) {
      line_.Add(name);
    }
    for (const Column& column : summary_.columns()) {
      if (!column.peak()) line_.Add(absl::StrCat(column.id(), "_self"));
      line_.Add(absl::StrCat(column.id(), "_total"));
    }
  }

  void Add(const Layer& layer) {
    line_.Add(layer.path());
    line_.Add(layer.name());
    line_.Add(layer.type());
    line_.Add(layer.full_type());
    line_.Add(layer.depth());
    line_.Add(ShapesText(layer, /*inputs=*/true));
    line_.Add(ShapesText(layer, /*inputs=*/false));
    if (summary_.has_run()) {
      line_.Add(layer.calls_size());
    } else {
      line_.Add("");  // Nobody knows.
    }
    line_.Add(absl::StrJoin(layer.flags(), ";"));
    line_.Add(absl::StrJoin(layer.shared_with(), ";"));
    for (const Column& column : summary_.columns()) {
      const auto found = layer.metrics().find(column.id());
      const MetricValue value =
          found == layer.metrics().end() ? MetricValue() : found->second;
      if (!column.peak()) line_.Add(SelfFigure(value));
      line_.Add(TotalFigure(value));
    }
  }

 private:
  const Summary& summary_;
  LineWriter& line_;
};

// The columns that were asked for.
class ChosenRows {
 public:
  ChosenRows(const Summary& summary, const std::vector<TextColumn>& columns,
             LineWriter& line)
      : columns_(columns), texts_(summary, /*unicode=*/true), line_(line) {}

  void AddNames() {
    line_.Add("path");
    for (const TextColumn& column : columns_) line_.Add(column.id);
  }

  void Add(const Layer& layer, int place) {
    line_.Add(layer.path());
    for (const TextColumn& column : columns_) {
      if (column.is_metric) {
        const auto value = layer.metrics().find(column.id);
        line_.Add(value == layer.metrics().end() ? ""
                                                 : TotalFigure(value->second));
      } else if (column.id == kInputs || column.id == kOutputs) {
        line_.Add(ShapesText(layer, column.id == kInputs));
      } else {
        const std::string text = texts_.OfLayer(column, place);
        line_.Add(text == "?" ? "" : absl::StripSuffix(text, "%"));
      }
    }
  }

 private:
  const std::vector<TextColumn>& columns_;
  const CellTexts texts_;
  LineWriter& line_;
};

}  // namespace

absl::Status WriteDelimited(const Summary& summary,
                            const FormatOptions& options, char separator,
                            absl::string_view line_end, Sink& sink) {
  LineWriter line(separator, line_end, sink);
  if (options.columns.empty()) {
    FullRows rows(summary, line);
    rows.AddNames();
    line.End();
    for (const Layer& layer : summary.layers()) {
      rows.Add(layer);
      line.End();
    }
    return absl::OkStatus();
  }
  const absl::StatusOr<std::vector<TextColumn>> columns =
      ResolveColumns(summary, options.columns);
  if (!columns.ok()) return columns.status();
  ChosenRows rows(summary, *columns, line);
  rows.AddNames();
  line.End();
  for (int i = 0; i < summary.layers_size(); ++i) {
    rows.Add(summary.layers(i), i);
    line.End();
  }
  return absl::OkStatus();
}

}  // namespace strata::formatters
