// The formatter `markdown`: the summary for a pull request or an issue.

#ifndef STRATA_FORMATTERS_MARKDOWN_MARKDOWN_H_
#define STRATA_FORMATTERS_MARKDOWN_MARKDOWN_H_

#include "core/formatter.h"

namespace strata::formatters {

// GitHub-flavoured Markdown: a heading, what is wrong, a table of the rows that
// the options ask for, the totals, and where that table has not all modules,
// a folded section (<details>) with a table that has.
//   Of more than 100 rows the first table has the first 100, and says so.
//   With options.match there is no folded section: a part is wanted.
//   A row says what it says in the formatter `table`. Its level is indentation.
//   Names come from a file: nothing in them is markup, HTML, a link or a
//   mention (escape.h).
class MarkdownFormatter : public Formatter {
 public:
  absl::Status Format(const Summary& summary, const FormatOptions& options,
                      Sink& sink) override;
};

}  // namespace strata::formatters

#endif  // STRATA_FORMATTERS_MARKDOWN_MARKDOWN_H_
