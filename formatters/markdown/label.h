// The first cell of a row.

#ifndef STRATA_FORMATTERS_MARKDOWN_LABEL_H_
#define STRATA_FORMATTERS_MARKDOWN_LABEL_H_

#include <string>

#include "core/formatter.h"
#include "formatters/common/tree_rows.h"

namespace strata::formatters::markdown {

// "&emsp;`conv1` ×3 (Conv2d) · shared with `head`". Levels are indented, the
// first few; a deeper one begins with its number.
std::string Label(const TreeRow& row, const FormatOptions& options);

}  // namespace strata::formatters::markdown

#endif  // STRATA_FORMATTERS_MARKDOWN_LABEL_H_
