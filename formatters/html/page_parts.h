// The page, as bundle.py makes it from page/: what stands before, between and
// behind the three places that differ from one summary to the next.

#ifndef STRATA_FORMATTERS_HTML_PAGE_PARTS_H_
#define STRATA_FORMATTERS_HTML_PAGE_PARTS_H_

#include "absl/strings/string_view.h"

namespace strata::formatters::html {

extern const absl::string_view kBeforeTitle;
extern const absl::string_view kBeforeSettings;
extern const absl::string_view kBeforeSummary;
extern const absl::string_view kAfterSummary;

}  // namespace strata::formatters::html

#endif  // STRATA_FORMATTERS_HTML_PAGE_PARTS_H_
