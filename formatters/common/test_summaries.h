// Summaries that the tests of the formatters show.

#ifndef STRATA_FORMATTERS_COMMON_TEST_SUMMARIES_H_
#define STRATA_FORMATTERS_COMMON_TEST_SUMMARIES_H_

#include "core/summary.pb.h"

namespace strata::formatters {

Summary LeNet();
// LeNet as it is without an input size.
Summary LeNetThatDidNotRun();
// Two stages of three and two like blocks; one block of the first differs.
Summary Stages();
// A layer for each thing that a row may have to say.
Summary Peculiar();
// A sequence to sequence model: parameters beside children, a tensor and a
// module at two places, calls that differ.
Summary Translator();
// LeNet with the totals of the metric `memory` and a column of bytes.
Summary LeNetWithMemory();
// LeNet whose run failed in the classifier.
Summary LeNetThatFailed();
// Names that are wide, that combine, and that try to draw.
Summary HostileNames();
// Each layer the only child of the one before.
Summary Chain(int length);
// All layers below the root, no two alike.
Summary Sequential(int length);

}  // namespace strata::formatters

#endif  // STRATA_FORMATTERS_COMMON_TEST_SUMMARIES_H_
