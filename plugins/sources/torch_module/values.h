// Which operator made what another one uses.

#ifndef STRATA_PLUGINS_SOURCES_TORCH_MODULE_VALUES_H_
#define STRATA_PLUGINS_SOURCES_TORCH_MODULE_VALUES_H_

#include <functional>
#include <vector>

#include "absl/types/span.h"
#include "core/tensor_spec.h"
#include "plugins/sources/torch_module/recording.h"

namespace strata::torch_module {

// Not of the run: a parameter, a constant, a number as a tensor.
inline constexpr int kNotOfTheRun = -2;
inline constexpr int kModelInput = -1;

// A tensor that an operator uses, or that forward gives back.
struct ValueUse {
  const TensorSpec* tensor;
  int maker = kNotOfTheRun;  // The outermost operator that made it last.
  int value = -1;            // Equal where it is the same one.
};

// Tensors are told apart by their memory and by what of it they see, from when
// an operator gives them on: memory that was given back may be used again.
class Values {
 public:
  using IsOwned = std::function<bool(const TensorSpec&)>;

  // `operators` are the outermost ones, in order; all must outlive it. `inputs`
  // and `outputs` are the model's.
  Values(const std::vector<const RecordedOperator*>& operators,
         absl::Span<const TensorSpec> inputs,
         absl::Span<const TensorSpec> outputs, const IsOwned& is_owned);

  // Of each operator, what it uses of the run.
  const std::vector<ValueUse>& uses(int op) const { return uses_[op]; }
  // What forward gives back.
  const std::vector<ValueUse>& returned() const { return returned_; }
  int size() const { return size_; }  // Numbers of values.

 private:
  std::vector<std::vector<ValueUse>> uses_;
  std::vector<ValueUse> returned_;
  int size_ = 0;
};

}  // namespace strata::torch_module

#endif  // STRATA_PLUGINS_SOURCES_TORCH_MODULE_VALUES_H_
