// Sizes of memory in text.

#ifndef STRATA_TOOLS_BYTES_H_
#define STRATA_TOOLS_BYTES_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace strata::tools {

// "24GiB", "1.5 GB", "4096": a number of 0 or more and one of the units B, kB,
// MB, GB, TB (powers of 1000), KiB, MiB, GiB, TiB (of 1024), in any case; none
// is bytes. Parts of a byte are cut off. Nothing for other text, and for what
// 64 bits do not hold.
std::optional<int64_t> ParseBytes(absl::string_view text);

}  // namespace strata::tools

#endif  // STRATA_TOOLS_BYTES_H_
