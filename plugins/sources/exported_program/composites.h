// Operators that LibTorch makes of others, which a file does not show.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_COMPOSITES_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_COMPOSITES_H_

#include <string>
#include <vector>

#include "core/module_visitor.h"

namespace strata::exported_program {

// A matrix product inside of another operator.
struct InnerProduct {
  const char* name;  // "aten::bmm"
  std::vector<OpArgument> arguments;
  std::vector<TensorSpec> outputs;
};

// [batch, rows, inner] by [batch, inner, columns].
InnerProduct BatchedProduct(DType dtype, int64_t batch, int64_t rows,
                            int64_t inner, int64_t columns);

// The products that `op` is made of: of einsum, tensordot and the recurrent
// cells. None for other operators, and for those that make none.
std::vector<InnerProduct> InnerProducts(const OpCall& op);

}  // namespace strata::exported_program

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_COMPOSITES_H_
