// The text form of inputs: 1x3x224x224,2x5:int64

#ifndef STRATA_CORE_INPUT_SIZE_H_
#define STRATA_CORE_INPUT_SIZE_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/model.h"

namespace strata {

// One shape for each positional input, with commas between: sizes joined by x,
// or () for a scalar, then perhaps :DTYPE (float32 without). An empty text is
// no input at all, for a forward that takes none. An error says which part does
// not fit, and what would.
absl::StatusOr<std::vector<InputSpec>> ParseInputSizes(absl::string_view text);

}  // namespace strata

#endif  // STRATA_CORE_INPUT_SIZE_H_
