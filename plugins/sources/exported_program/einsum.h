// What torch.einsum is made of.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_EINSUM_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_EINSUM_H_

#include <vector>

#include "core/module_visitor.h"
#include "plugins/sources/exported_program/composites.h"

namespace strata::exported_program {

// einsum(equation, tensors, path): each pair of operands is one batched matrix
// product, or element by element where nothing is summed. The pairs are those
// of `path`, else the first two, with what they give behind the others
// (aten/src/ATen/native/Linear.cpp). None where the equation does not fit.
std::vector<InnerProduct> EinsumProducts(const OpCall& op);

}  // namespace strata::exported_program

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_EINSUM_H_
