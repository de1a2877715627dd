// The formatter `tsv`: csv with tabs, for a shell and for pasting.

#ifndef STRATA_FORMATTERS_TSV_TSV_H_
#define STRATA_FORMATTERS_TSV_TSV_H_

#include "core/formatter.h"

namespace strata::formatters {

// As `csv`, with tabs between cells and lines that end in a line feed, as the
// programs of a shell expect them. Cells with a tab, a quote or a line break
// are quoted as in RFC 4180, as spreadsheets and Python's excel-tab have it.
class TsvFormatter : public Formatter {
 public:
  absl::Status Format(const Summary& summary, const FormatOptions& options,
                      Sink& sink) override;
};

}  // namespace strata::formatters

#endif  // STRATA_FORMATTERS_TSV_TSV_H_
