// The formatter `mermaid`: the module graph as GitHub and others draw it.

#ifndef STRATA_FORMATTERS_MERMAID_MERMAID_H_
#define STRATA_FORMATTERS_MERMAID_MERMAID_H_

#include "core/formatter.h"

namespace strata::formatters {

// A Mermaid flowchart: what `dot` shows, within the limits that Mermaid has
// where it is not configured (500 arrows, 50,000 characters). A graph that does
// not fit is cut to fewer levels, and says so.
class MermaidFormatter : public Formatter {
 public:
  absl::Status Format(const Summary& summary, const FormatOptions& options,
                      Sink& sink) override;
};

}  // namespace strata::formatters

#endif  // STRATA_FORMATTERS_MERMAID_MERMAID_H_
