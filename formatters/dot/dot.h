// The formatter `dot`: the module graph in Graphviz's language.

#ifndef STRATA_FORMATTERS_DOT_DOT_H_
#define STRATA_FORMATTERS_DOT_DOT_H_

#include "core/formatter.h"

namespace strata::formatters {

// One digraph: a node for each module to options.depth, a dashed cluster for
// each that is opened, an edge where data flows, with its shapes and operators.
// The node's fill says how much of the metric it has; grey: it did not run.
// options.fold draws identical siblings in a row once, with ×N.
class DotFormatter : public Formatter {
 public:
  absl::Status Format(const Summary& summary, const FormatOptions& options,
                      Sink& sink) override;
};

}  // namespace strata::formatters

#endif  // STRATA_FORMATTERS_DOT_DOT_H_
