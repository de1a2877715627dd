// The formatter `svg`: the module graph as a picture.

#ifndef STRATA_FORMATTERS_SVG_SVG_H_
#define STRATA_FORMATTERS_SVG_SVG_H_

#include "core/formatter.h"

namespace strata::formatters {

// The graph of the formatter `dot`, laid out by Graphviz. One picture at a time
// in a process: Graphviz keeps global state. kInternal: it could not lay it
// out.
class SvgFormatter : public Formatter {
 public:
  absl::Status Format(const Summary& summary, const FormatOptions& options,
                      Sink& sink) override;
};

}  // namespace strata::formatters

#endif  // STRATA_FORMATTERS_SVG_SVG_H_
