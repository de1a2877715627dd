#include "plugins/sources/torchscript/shape_kernels.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/enum_tag.h>
#include <ATen/core/ivalue_inl.h>
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
#include "plugins/sources/libtorch/shape_rules.h"
#include "plugins/sources/torchscript/meta_tensors.h"
#include "plugins/sources/torchscript/packed_states.h"
#include "plugins/sources/torchscript/stand_ins.h"

namespace strata::torchscript {
namespace {

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

void RunOnZeros(const c10::OperatorHandle& op, Stack* stack) {
  RunOnCpu(op, stack, StandIn::kZeros, c10::DispatchKey::CPU);
}

// Of what is in the file (a mask, a table of sizes) the values can be had.
void RunOnValues(const c10::OperatorHandle& op, Stack* stack) {
  RunOnCpu(op, stack, StandIn::kValues, c10::DispatchKey::CPU);
}

void RunOnWeights(const c10::OperatorHandle& op, Stack* stack) {
  RunOnPacked(op, stack, c10::DispatchKey::CPU);
}

// For quantized meta tensors LibTorch has no kernels: this is run in place of
// all of them, but for those that are made of others.
void RunQuantized(const c10::OperatorHandle& op, Stack* stack) {
  const std::string& name = op.operator_name().name;
  if ((name == "aten::q_scale" || name == "aten::q_zero_point") &&
      IsScaleUnknown(stack->back().toTensor())) {
    RaiseNeedsValues(name);
  }
  constexpr auto kKey = c10::DispatchKey::QuantizedCPU;
  if (TakesPacked(op.schema())) return RunOnPacked(op, stack, kKey);
  RunOnCpu(op, stack, DependsOnValues(op) ? StandIn::kValues : StandIn::kZeros,
           kKey);
}

// ---- Which operator gets what ----------------------------------------------

bool HasCompositeKernel(const c10::OperatorHandle& op) {
  for (const c10::DispatchKey key :
       {c10::DispatchKey::CompositeExplicitAutograd,
        c10::DispatchKey::CompositeImplicitAutograd,
        c10::DispatchKey::CompositeExplicitAutogradNonFunctional}) {
    if (op.hasKernelForDispatchKey(key)) return true;
  }
  return false;
}

bool HasShapeKernel(const c10::OperatorHandle& op) {
  return op.hasKernelForDispatchKey(c10::DispatchKey::Meta) ||
         HasCompositeKernel(op);
}

std::string FullName(const c10::OperatorName& name) {
  return name.overload_name.empty()
             ? name.name
             : absl::StrCat(name.name, ".", name.overload_name);
}

torch::CppFunction KernelFor(const c10::OperatorHandle& op) {
  if (DependsOnValues(op)) {
    return torch::CppFunction::makeFromBoxedFunction<&RunOnValues>();
  }
  return TakesPacked(op.schema())
             ? torch::CppFunction::makeFromBoxedFunction<&RunOnWeights>()
             : torch::CppFunction::makeFromBoxedFunction<&RunOnZeros>();
}

torch::Library For(const char* name, c10::DispatchKey key) {
  return torch::Library(torch::Library::IMPL, name, key, __FILE__, __LINE__);
}

// For operators of one namespace that the CPU has a kernel for.
void RegisterForMeta(absl::string_view prefix, torch::Library& library) {
  c10::Dispatcher& dispatcher = c10::Dispatcher::singleton();
  for (const c10::OperatorName& name :
       dispatcher.getAllOpNamesForDispatchKey(c10::DispatchKey::CPU)) {
    if (!absl::StartsWith(name.name, prefix)) continue;
    const auto op = dispatcher.findSchema(name);
    if (!op || HasShapeKernel(*op)) continue;
    library.impl(FullName(name).c_str(), KernelFor(*op));
  }
}

class ShapeKernels {
 public:
  ShapeKernels() {
    libtorch::RegisterShapeRules(aten_);
    RegisterForMeta("aten::", aten_);
  }

 private:
  torch::Library aten_ = For("aten", c10::DispatchKey::Meta);
};

class QuantizedKernels {
 public:
  QuantizedKernels() {
    RegisterHalfPrepack(meta_);
    RegisterHalfPrepack(meta_2_);
    RegisterForMeta("quantized::", meta_);
    RegisterForMeta("_quantized::", meta_2_);
    RegisterPrepack(quantized_, /*has_all=*/true);
    RegisterPrepack(quantized_2_, /*has_all=*/false);
    any_.fallback(torch::CppFunction::makeFromBoxedFunction<&RunQuantized>());
    RegisterForQuantized();
  }

 private:
  // Made of others, and yet the CPU has kernels of its own; to copy, LibTorch's
  // way would lead to memory that there is not.
  void RegisterForQuantized() {
    const auto kernel = [] {
      return torch::CppFunction::makeFromBoxedFunction<&RunQuantized>();
    };
    aten_.impl("copy_", kernel());
    c10::Dispatcher& dispatcher = c10::Dispatcher::singleton();
    for (const c10::OperatorName& name : dispatcher.getAllOpNamesForDispatchKey(
             c10::DispatchKey::QuantizedCPU)) {
      if (!absl::StartsWith(name.name, "aten::")) continue;
      const auto op = dispatcher.findSchema(name);
      if (!op || !HasCompositeKernel(*op) ||
          op->hasKernelForDispatchKey(c10::DispatchKey::QuantizedMeta)) {
        continue;
      }
      aten_.impl(FullName(name).c_str(), kernel());
    }
  }

  torch::Library meta_ = For("quantized", c10::DispatchKey::Meta);
  torch::Library meta_2_ = For("_quantized", c10::DispatchKey::Meta);
  torch::Library quantized_ = For("quantized", c10::DispatchKey::QuantizedMeta);
  torch::Library quantized_2_ =
      For("_quantized", c10::DispatchKey::QuantizedMeta);
  torch::Library aten_ = For("aten", c10::DispatchKey::QuantizedMeta);
  torch::Library any_ = For("_", c10::DispatchKey::QuantizedMeta);
};

}  // namespace

void RegisterShapeKernels() {
  static const auto* const kernels = new ShapeKernels();
  (void)kernels;
}

void RegisterQuantizedKernels() {
  static const auto* const kernels = new QuantizedKernels();
  (void)kernels;
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
