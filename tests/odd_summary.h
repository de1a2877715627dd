// Summaries that no model has, which a formatter takes all the same.

#ifndef STRATA_TESTS_ODD_SUMMARY_H_
#define STRATA_TESTS_ODD_SUMMARY_H_

#include "core/summary.pb.h"

namespace strata {

// Names that are markup, that draw and that are no UTF-8; figures at their
// limits; shapes that cannot be.
Summary OddSummary();

// One that Protobuf reads back, too.
Summary OddSummaryInUtf8();

}  // namespace strata

#endif  // STRATA_TESTS_ODD_SUMMARY_H_
