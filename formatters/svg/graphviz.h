// Graphviz's library behind one function.

#ifndef STRATA_FORMATTERS_SVG_GRAPHVIZ_H_
#define STRATA_FORMATTERS_SVG_GRAPHVIZ_H_

#include <string>

#include "absl/status/statusor.h"

namespace strata::formatters::svg {

// An SVG file of this graph in the DOT language, laid out from top to bottom.
// Prints nothing. May be called from any thread, and then waits for the others.
// kInternal, with Graphviz's words: it cannot be drawn.
absl::StatusOr<std::string> LayOut(const std::string& dot);

}  // namespace strata::formatters::svg

#endif  // STRATA_FORMATTERS_SVG_GRAPHVIZ_H_
