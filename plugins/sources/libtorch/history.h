// What a backward pass would need.

#ifndef STRATA_PLUGINS_SOURCES_LIBTORCH_HISTORY_H_
#define STRATA_PLUGINS_SOURCES_LIBTORCH_HISTORY_H_

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <torch/csrc/autograd/function.h>

#include <type_traits>
#include <vector>

namespace strata::libtorch {

using History = std::vector<std::decay_t<decltype(at::Tensor().grad_fn())>>;

// What keeps alive all that the backward pass of these outputs needs.
History HistoryOf(const c10::IValue& outputs);

}  // namespace strata::libtorch

#endif  // STRATA_PLUGINS_SOURCES_LIBTORCH_HISTORY_H_
