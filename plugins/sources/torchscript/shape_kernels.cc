#include "plugins/sources/torchscript/shape_kernels.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue_inl.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/empty_strided.h>
#include <ATen/ops/zeros.h>
#include <torch/library.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace strata::torchscript {
namespace {

using at::Tensor;
using Stack = std::vector<c10::IValue>;

thread_local std::string operator_that_needed_values;

// ---- Own kernels -----------------------------------------------------------

// aten/src/ATen/native/ConvUtils.h has the arithmetic.
Tensor Convolution(const Tensor& input, const Tensor& weight,
                   const std::optional<Tensor>& /*bias*/,
                   at::IntArrayRef stride, at::IntArrayRef padding,
                   at::IntArrayRef dilation, bool transposed,
                   at::IntArrayRef output_padding, int64_t groups) {
  std::vector<int64_t> sizes = {
      input.size(0), transposed ? weight.size(1) * groups : weight.size(0)};
  for (int64_t i = 2; i < input.dim(); ++i) {
    const int64_t kernel = dilation[i - 2] * (weight.size(i) - 1) + 1;
    sizes.push_back(
        transposed
            ? (input.size(i) - 1) * stride[i - 2] - 2 * padding[i - 2] +
                  kernel + output_padding[i - 2]
            : (input.size(i) + 2 * padding[i - 2] - kernel) / stride[i - 2] +
                  1);
  }
  return at::empty(sizes, input.options());
}

using ThreeTensors = std::tuple<Tensor, Tensor, Tensor>;

// The statistics that a CPU keeps: one for each channel in training, none else.
ThreeTensors Normalized(const Tensor& input, bool training) {
  const int64_t kept = training ? input.size(1) : 0;
  return {at::empty_like(input), at::empty({kept}, input.options()),
          at::empty({kept}, input.options())};
}

ThreeTensors BatchNorm(const Tensor& input, const std::optional<Tensor>&,
                       const std::optional<Tensor>&,
                       const std::optional<Tensor>&,
                       const std::optional<Tensor>&, bool training, double,
                       double) {
  return Normalized(input, training);
}

// Takes an operator's arguments from the stack, in the order of its schema.
std::vector<c10::IValue> TakeArguments(const c10::OperatorHandle& op,
                                       Stack* stack) {
  const auto count =
      static_cast<std::ptrdiff_t>(op.schema().arguments().size());
  std::vector<c10::IValue> arguments(stack->end() - count, stack->end());
  stack->erase(stack->end() - count, stack->end());
  return arguments;
}

// All of an encoder layer in one operator, which keeps the shape
// (aten/src/ATen/native/transformers/transformer.cpp).
void EncoderLayer(const c10::OperatorHandle& op, Stack* stack) {
  const std::vector<c10::IValue> arguments = TakeArguments(op, stack);
  stack->emplace_back(at::empty_like(arguments[0].toTensor()));
}

// query, key, value, embed_dim, num_head, four weights, mask, need_weights,
// average_attn_weights, mask_type (native/transformers/attention.cpp).
void MultiHeadAttention(const c10::OperatorHandle& op, Stack* stack) {
  const std::vector<c10::IValue> arguments = TakeArguments(op, stack);
  const Tensor query = arguments[0].toTensor();
  const Tensor key = arguments[1].toTensor();
  stack->emplace_back(at::empty_like(query));
  if (!arguments[10].toBool()) {
    stack->emplace_back(Tensor());
    return;
  }
  std::vector<int64_t> sizes = {query.size(0), query.size(1), key.size(1)};
  if (!arguments[11].toBool()) {
    sizes.insert(sizes.begin() + 1, arguments[4].toInt());
  }
  stack->emplace_back(at::empty(sizes, query.options()));
}

// ---- Values decide ---------------------------------------------------------

const absl::flat_hash_set<absl::string_view>& OperatorsThatNeedValues() {
  static const auto* const names = new absl::flat_hash_set<absl::string_view>({
      "aten::_local_scalar_dense",
      "aten::_unique",
      "aten::_unique2",
      "aten::bincount",
      "aten::equal",
      "aten::masked_select",
      "aten::nonzero",
      "aten::nonzero_static",
      "aten::repeat_interleave",
      "aten::segment_reduce",
      "aten::unique_consecutive",
      "aten::unique_dim",
      "aten::unique_dim_consecutive",
      // Sequences of several lengths.
      "aten::_nested_from_padded",
      "aten::_nested_tensor_from_mask",
      "aten::_nested_tensor_from_mask_left_aligned",
      "aten::_nested_tensor_from_tensor_list",
  });
  return *names;
}

void NeedsValues(const c10::OperatorHandle& op, Stack* /*stack*/) {
  RaiseNeedsValues(op.operator_name().name);
}

// ---- All others ------------------------------------------------------------

// Zeros in place of meta tensors, and the way back.
class Placeholders {
 public:
  Tensor ToCpu(const Tensor& tensor) {
    if (!tensor.defined() || !tensor.is_meta()) return tensor;
    for (const auto& [cpu, meta] : pairs_) {
      if (meta.is_same(tensor)) return cpu;
    }
    // Pages of zeros, which the system gives only where they are touched.
    const int64_t elements =
        tensor.storage_offset() +
        static_cast<int64_t>(tensor.storage().nbytes() / tensor.itemsize());
    const Tensor memory =
        at::zeros({elements}, tensor.options().device(at::kCPU));
    Tensor cpu = memory.as_strided(tensor.sizes(), tensor.strides(),
                                   tensor.storage_offset());
    pairs_.emplace_back(cpu, tensor);
    return cpu;
  }

  // What was given comes back as itself: an operator that works in place.
  Tensor ToMeta(const Tensor& tensor) const {
    if (!tensor.defined() || tensor.is_meta()) return tensor;
    for (const auto& [cpu, meta] : pairs_) {
      if (!cpu.is_same(tensor)) continue;
      if (meta.sizes() != cpu.sizes()) meta.resize_(cpu.sizes());
      return meta;
    }
    return at::empty_strided(tensor.sizes(), tensor.strides(),
                             tensor.options().device(at::kMeta));
  }

 private:
  std::vector<std::pair<Tensor, Tensor>> pairs_;  // On the CPU, and as it was.
};

c10::IValue ToCpu(const c10::IValue& value, Placeholders& placeholders) {
  if (value.isTensor()) return placeholders.ToCpu(value.toTensor());
  if (value.isTensorList()) {
    c10::List<Tensor> list;
    for (const Tensor& tensor : value.toTensorVector()) {
      list.push_back(placeholders.ToCpu(tensor));
    }
    return list;
  }
  if (value.isOptionalTensorList()) {
    c10::List<std::optional<Tensor>> list;
    for (const std::optional<Tensor>& tensor : value.toOptionalTensorVector()) {
      list.push_back(tensor ? std::optional<Tensor>(placeholders.ToCpu(*tensor))
                            : std::nullopt);
    }
    return list;
  }
  if (value.isDevice()) return c10::Device(c10::kCPU);
  return value;
}

c10::IValue ToMeta(const c10::IValue& value, const Placeholders& placeholders) {
  if (value.isTensor()) return placeholders.ToMeta(value.toTensor());
  if (!value.isTensorList()) return value;
  c10::List<Tensor> list;
  for (const Tensor& tensor : value.toTensorVector()) {
    list.push_back(placeholders.ToMeta(tensor));
  }
  return list;
}

void RunOnPlaceholders(const c10::OperatorHandle& op, Stack* stack) {
  Placeholders placeholders;
  const size_t arguments = op.schema().arguments().size();
  for (size_t i = stack->size() - arguments; i < stack->size(); ++i) {
    (*stack)[i] = ToCpu((*stack)[i], placeholders);
  }
  op.callBoxedForDispatchKey(c10::DispatchKey::CPU, *stack);
  const size_t returns = op.schema().returns().size();
  for (size_t i = stack->size() - returns; i < stack->size(); ++i) {
    (*stack)[i] = ToMeta((*stack)[i], placeholders);
  }
}

// ---- Which operator gets what ----------------------------------------------

bool HasShapeKernel(const c10::OperatorHandle& op) {
  for (const c10::DispatchKey key :
       {c10::DispatchKey::Meta, c10::DispatchKey::CompositeExplicitAutograd,
        c10::DispatchKey::CompositeImplicitAutograd,
        c10::DispatchKey::CompositeExplicitAutogradNonFunctional}) {
    if (op.hasKernelForDispatchKey(key)) return true;
  }
  return false;
}

std::string FullName(const c10::OperatorName& name) {
  return name.overload_name.empty()
             ? name.name
             : absl::StrCat(name.name, ".", name.overload_name);
}

void RegisterAll(torch::Library& library) {
  library.impl("convolution_overrideable", Convolution);
  library.impl("native_batch_norm", BatchNorm);
  library.impl("_transformer_encoder_layer_fwd",
               torch::CppFunction::makeFromBoxedFunction<&EncoderLayer>());
  library.impl(
      "_native_multi_head_attention",
      torch::CppFunction::makeFromBoxedFunction<&MultiHeadAttention>());
  c10::Dispatcher& dispatcher = c10::Dispatcher::singleton();
  for (const c10::OperatorName& name :
       dispatcher.getAllOpNamesForDispatchKey(c10::DispatchKey::CPU)) {
    if (!absl::StartsWith(name.name, "aten::")) continue;
    const auto op = dispatcher.findSchema(name);
    if (!op) continue;
    if (OperatorsThatNeedValues().contains(name.name)) {
      if (op->hasKernelForDispatchKey(c10::DispatchKey::Meta)) continue;
      library.impl(FullName(name).c_str(),
                   torch::CppFunction::makeFromBoxedFunction<&NeedsValues>());
    } else if (!HasShapeKernel(*op)) {
      library.impl(
          FullName(name).c_str(),
          torch::CppFunction::makeFromBoxedFunction<&RunOnPlaceholders>());
    }
  }
}

}  // namespace

void RegisterShapeKernels() {
  static torch::Library* const library = [] {
    auto* made = new torch::Library(torch::Library::IMPL, "aten",
                                    c10::DispatchKey::Meta, __FILE__, __LINE__);
    RegisterAll(*made);
    return made;
  }();
  (void)library;
}

void RaiseNeedsValues(const std::string& op) {
  operator_that_needed_values = op;
  throw std::runtime_error(
      absl::StrCat(op, " needs values, and there are shapes only"));
}

std::string TakeOperatorThatNeededValues() {
  return std::exchange(operator_that_needed_values, "");
}

}  // namespace strata::torchscript
