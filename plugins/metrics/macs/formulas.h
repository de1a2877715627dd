// MACs of an operator from the shapes it was called with.

#ifndef STRATA_PLUGINS_METRICS_MACS_FORMULAS_H_
#define STRATA_PLUGINS_METRICS_MACS_FORMULAS_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "core/count.h"
#include "core/module_visitor.h"

namespace strata::metrics {

// The convention (docs/metrics.md): one MAC is one
// multiply-accumulate of a convolution or a matrix product. Biases,
// normalisation, activations and softmax are not in it, nor is anything taken
// off for a causal mask. Half of what torch.utils.flop_counter counts.

// The operator's MACs. Nothing: there is no formula for this operator, or none
// for nested tensors (its inner operators may have one). Count::Unknown():
// there is one, but the shapes do not fit it, or the product overflows.
std::optional<Count> MacsOf(const OpCall& op);

// True for operators that are known to do none of the arithmetic that counts:
// element-wise, reductions, normalisation, data movement, lookups. An operator
// that is in neither list and takes two floating-point tensors may.
bool IsKnownFree(absl::string_view name);

// True for those among them that compute, element by element: an operator that
// calls one is accounted for by it. (One that only moves data explains
// nothing.)
bool IsElementWise(absl::string_view name);

// True for operators that do such arithmetic whatever they take, as those on
// packed weights (which are no tensors) do.
bool IsKnownArithmetic(absl::string_view name);

}  // namespace strata::metrics

#endif  // STRATA_PLUGINS_METRICS_MACS_FORMULAS_H_
