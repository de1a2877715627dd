// A layer's settings, from its attributes or from what it holds.

#ifndef STRATA_FORMATTERS_REPR_KNOWN_VALUES_H_
#define STRATA_FORMATTERS_REPR_KNOWN_VALUES_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "core/summary.pb.h"

namespace strata::formatters::repr {

// As text in the form of attributes: "[3, 3]", "True", "1e-05". Empty: the file
// does not say. Names are those of attributes, and `has_bias`: whether there is
// such a parameter; `size_without_scale`: an Upsample's size where it has no
// factor.
std::optional<std::string> KnownValue(const Layer& layer,
                                      absl::string_view name);

}  // namespace strata::formatters::repr

#endif  // STRATA_FORMATTERS_REPR_KNOWN_VALUES_H_
