#include "formatters/table/spans.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/printable.h"

namespace strata::formatters::table {
namespace {

absl::string_view EscapeCode(Style style) {
  switch (style) {
    case Style::kBold:
      return "\x1b[1m";
    case Style::kDim:
      return "\x1b[2m";
    case Style::kYellow:
      return "\x1b[33m";
    case Style::kPlain:
      break;
  }
  return "";
}

Spans First(const Spans& spans, int cells) {
  Spans first;
  for (const Span& span : spans) {
    const absl::string_view text = FirstCells(span.text, cells);
    if (!text.empty()) first.push_back({std::string(text), span.style});
    if (text.size() < span.text.size()) break;
    cells -= DisplayWidth(text);
  }
  return first;
}

Spans Last(const Spans& spans, int cells) {
  Spans last;
  for (auto span = spans.rbegin(); span != spans.rend(); ++span) {
    const absl::string_view text = LastCells(span->text, cells);
    if (!text.empty()) last.push_back({std::string(text), span->style});
    if (text.size() < span->text.size()) break;
    cells -= DisplayWidth(text);
  }
  std::reverse(last.begin(), last.end());
  return last;
}

Spans Cut(Spans spans, int cells, absl::string_view ellipsis, bool at_end) {
  if (SpansWidth(spans) <= cells) return spans;
  const int room = cells - DisplayWidth(ellipsis);
  if (room <= 0) return {{std::string(FirstCells(ellipsis, cells))}};
  // What comes first tells most: names are in front of types.
  const int tail = at_end ? 0 : room / 3;
  Spans cut = First(spans, room - tail);
  cut.push_back({std::string(ellipsis)});
  for (Span& span : Last(spans, tail)) cut.push_back(std::move(span));
  return cut;
}

}  // namespace

int SpansWidth(const Spans& spans) {
  int width = 0;
  for (const Span& span : spans) width += DisplayWidth(span.text);
  return width;
}

Spans CutEnd(Spans spans, int cells, absl::string_view ellipsis) {
  return Cut(std::move(spans), cells, ellipsis, /*at_end=*/true);
}

Spans CutMiddle(Spans spans, int cells, absl::string_view ellipsis) {
  return Cut(std::move(spans), cells, ellipsis, /*at_end=*/false);
}

void AppendSpans(const Spans& spans, bool color, std::string& out) {
  for (const Span& span : spans) {
    if (!color || span.style == Style::kPlain || span.text.empty()) {
      out += span.text;
    } else {
      absl::StrAppend(&out, EscapeCode(span.style), span.text, "\x1b[0m");
    }
  }
}

}  // namespace strata::formatters::table
