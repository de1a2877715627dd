// What stands between the brackets of a layer.

#ifndef STRATA_FORMATTERS_REPR_EXTRA_REPR_H_
#define STRATA_FORMATTERS_REPR_EXTRA_REPR_H_

#include <string>
#include <vector>

#include "core/summary.pb.h"

namespace strata::formatters::repr {

// Its lines, none for most classes. A value comes from the layer's attributes,
// else from the shapes of its parameters; one that the file does not have is
// "?", and "..." stands for those that may or may not be there.
std::vector<std::string> ExtraRepr(const Layer& layer);

}  // namespace strata::formatters::repr

#endif  // STRATA_FORMATTERS_REPR_EXTRA_REPR_H_
