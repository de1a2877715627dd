#include "plugins/sources/torchscript/shape_kernels.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/enum_tag.h>
#include <ATen/core/ivalue_inl.h>
#include <ATen/ops/empty_strided.h>
#include <ATen/ops/zeros.h>
#include <torch/library.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "plugins/sources/torchscript/kept_values.h"
#include "plugins/sources/torchscript/shape_rules.h"

namespace strata::torchscript {
namespace {

using at::Tensor;
using Stack = std::vector<c10::IValue>;

thread_local std::string operator_that_needed_values;

// ---- Values decide ---------------------------------------------------------

// PyTorch marks most of those whose shapes or results depend on values; these
// it does not.
bool DependsOnValues(const c10::OperatorHandle& op) {
  static const auto* const names = new absl::flat_hash_set<absl::string_view>({
      "aten::bincount",
      "aten::equal",
      "aten::nonzero_static",
      "aten::segment_reduce",
      // Sequences of several lengths.
      "aten::_ctc_loss",
      "aten::_nested_from_padded",
      "aten::_nested_tensor_from_mask",
      "aten::_nested_tensor_from_mask_left_aligned",
      "aten::_nested_tensor_from_tensor_list",
  });
  return op.hasTag(at::Tag::dynamic_output_shape) ||
         op.hasTag(at::Tag::data_dependent_output) ||
         names->contains(op.operator_name().name);
}

// ---- By the CPU's kernel ---------------------------------------------------

// What stands in place of meta tensors while the CPU's kernel runs.
enum class Stand {
  kZeros,   // Where only shapes matter.
  kValues,  // As they are in the file.
};

// Tensors on the CPU in place of meta tensors, and the way back.
class Stands {
 public:
  explicit Stands(Stand kind) : kind_(kind) {}

  // Whether all values that were asked for could be had.
  bool complete() const { return complete_; }

  Tensor ToCpu(const Tensor& tensor) {
    if (!tensor.defined() || !tensor.is_meta()) return tensor;
    for (const auto& [cpu, meta] : pairs_) {
      if (meta.is_same(tensor)) return cpu;
    }
    std::optional<Tensor> cpu =
        kind_ == Stand::kZeros ? Zeros(tensor) : ValuesOf(tensor);
    if (!cpu) {
      complete_ = false;
      return tensor;
    }
    pairs_.emplace_back(*cpu, tensor);
    return *cpu;
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
  // Pages of zeros, which the system gives only where they are touched.
  static Tensor Zeros(const Tensor& meta) {
    const int64_t elements =
        meta.storage_offset() +
        static_cast<int64_t>(meta.storage().nbytes() / meta.itemsize());
    return at::zeros({elements}, meta.options().device(at::kCPU))
        .as_strided(meta.sizes(), meta.strides(), meta.storage_offset());
  }

  const Stand kind_;
  bool complete_ = true;
  std::vector<std::pair<Tensor, Tensor>> pairs_;  // On the CPU, and as it was.
};

c10::IValue ToCpu(const c10::IValue& value, Stands& stands) {
  if (value.isTensor()) return stands.ToCpu(value.toTensor());
  if (value.isTensorList()) {
    c10::List<Tensor> list;
    for (const Tensor& tensor : value.toTensorVector()) {
      list.push_back(stands.ToCpu(tensor));
    }
    return list;
  }
  if (value.isOptionalTensorList()) {
    c10::List<std::optional<Tensor>> list;
    for (const std::optional<Tensor>& tensor : value.toOptionalTensorVector()) {
      list.push_back(tensor ? std::optional<Tensor>(stands.ToCpu(*tensor))
                            : std::nullopt);
    }
    return list;
  }
  if (value.isDevice()) return c10::Device(c10::kCPU);
  return value;
}

c10::IValue ToMeta(const c10::IValue& value, const Stands& stands) {
  if (value.isTensor()) return stands.ToMeta(value.toTensor());
  if (!value.isTensorList()) return value;
  c10::List<Tensor> list;
  for (const Tensor& tensor : value.toTensorVector()) {
    list.push_back(stands.ToMeta(tensor));
  }
  return list;
}

void RunOnCpu(const c10::OperatorHandle& op, Stack* stack, Stand kind) {
  Stands stands(kind);
  const size_t arguments = op.schema().arguments().size();
  for (size_t i = stack->size() - arguments; i < stack->size(); ++i) {
    (*stack)[i] = ToCpu((*stack)[i], stands);
  }
  if (!stands.complete()) RaiseNeedsValues(op.operator_name().name);
  op.callBoxedForDispatchKey(c10::DispatchKey::CPU, *stack);
  const size_t returns = op.schema().returns().size();
  for (size_t i = stack->size() - returns; i < stack->size(); ++i) {
    (*stack)[i] = ToMeta((*stack)[i], stands);
  }
}

void RunOnZeros(const c10::OperatorHandle& op, Stack* stack) {
  RunOnCpu(op, stack, Stand::kZeros);
}

// Of what is in the file (a mask, a table of sizes) the values can be had.
void RunOnValues(const c10::OperatorHandle& op, Stack* stack) {
  RunOnCpu(op, stack, Stand::kValues);
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
  RegisterShapeRules(library);
  c10::Dispatcher& dispatcher = c10::Dispatcher::singleton();
  for (const c10::OperatorName& name :
       dispatcher.getAllOpNamesForDispatchKey(c10::DispatchKey::CPU)) {
    if (!absl::StartsWith(name.name, "aten::")) continue;
    const auto op = dispatcher.findSchema(name);
    if (!op || HasShapeKernel(*op)) continue;
    library.impl(
        FullName(name).c_str(),
        DependsOnValues(*op)
            ? torch::CppFunction::makeFromBoxedFunction<&RunOnValues>()
            : torch::CppFunction::makeFromBoxedFunction<&RunOnZeros>());
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
