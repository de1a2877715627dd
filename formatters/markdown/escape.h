// Strangers' text in GitHub-flavoured Markdown.

#ifndef STRATA_FORMATTERS_MARKDOWN_ESCAPE_H_
#define STRATA_FORMATTERS_MARKDOWN_ESCAPE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace strata::formatters::markdown {

// The text as it stands, in a table's cell or elsewhere on a line, whatever it
// is: nothing in it becomes markup, HTML, a link, a mention or another cell.
//
// Printable: no line breaks, nothing that turns the direction. Plain words are
// left as they are. Others become `code`, and what code cannot hold in a cell
// of GitHub's tables (backticks, backslashes, pipes) <code> with entities.
std::string Inline(absl::string_view text, bool unicode);

// The same of a sentence, word by word: names in it become code, and the rest
// stays a sentence.
std::string Prose(absl::string_view text, bool unicode);

// Always as code: names.
std::string Code(absl::string_view text, bool unicode);

}  // namespace strata::formatters::markdown

#endif  // STRATA_FORMATTERS_MARKDOWN_ESCAPE_H_
