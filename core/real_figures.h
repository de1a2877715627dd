// Real numbers in the JSON of a summary.

#ifndef STRATA_CORE_REAL_FIGURES_H_
#define STRATA_CORE_REAL_FIGURES_H_

#include <string>

#include "absl/strings/string_view.h"

namespace strata {

// In JSON a figure is `self` or `total`, whether it is counted or measured; in
// the message the measured ones have fields of their own, real_self, real_total
// and real_totals. Gives the JSON with the names of the message, for Protobuf's
// parser. What is no JSON, and what has no measured columns, is given back as
// it is. What nests deeper than a summary does is left out.
std::string WithRealFields(absl::string_view json);

}  // namespace strata

#endif  // STRATA_CORE_REAL_FIGURES_H_
