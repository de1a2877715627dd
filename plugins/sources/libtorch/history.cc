#include "plugins/sources/libtorch/history.h"

#include <ATen/core/ivalue_inl.h>

namespace strata::libtorch {

History HistoryOf(const c10::IValue& outputs) {
  History history;
  outputs.visit([&](const c10::IValue& value) {
    if (value.isTensor() && value.toTensor().defined()) {
      history.push_back(value.toTensor().grad_fn());
    }
    return false;  // Go on.
  });
  return history;
}

}  // namespace strata::libtorch
