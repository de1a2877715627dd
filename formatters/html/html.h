// The formatter `html`: one self-contained page to explore, keep and send.

#ifndef STRATA_FORMATTERS_HTML_HTML_H_
#define STRATA_FORMATTERS_HTML_HTML_H_

#include "core/formatter.h"

namespace strata::formatters {

// Writes the page of page/ (bundled at build time) around the summary's JSON,
// which stands in the element `<script type="application/json"
// id="strata-summary">`. Everything shown is made from that element by the
// page's own script, so the file can be read back as a summary.
//   options.depth: how far the tree is open at first. options.columns: which
// columns are shown at first; all others are a click away. The rest of the
// options is for text and changes nothing here.
// The page needs no network, and a policy inside it forbids any.
class HtmlFormatter : public Formatter {
 public:
  // Error kInvalidArgument: options.columns names one that there is not.
  absl::Status Format(const Summary& summary, const FormatOptions& options,
                      Sink& sink) override;
};

}  // namespace strata::formatters

#endif  // STRATA_FORMATTERS_HTML_HTML_H_
