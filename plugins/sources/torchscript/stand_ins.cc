#include "plugins/sources/torchscript/stand_ins.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue_inl.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "plugins/sources/torchscript/kept_values.h"
#include "plugins/sources/torchscript/meta_tensors.h"
#include "plugins/sources/torchscript/packed_shapes.h"
#include "plugins/sources/torchscript/shape_kernels.h"

namespace strata::torchscript {
namespace {

using at::Tensor;
using Stack = std::vector<c10::IValue>;

// Tensors on the CPU in place of meta tensors, and the way back.
class StandIns {
 public:
  explicit StandIns(StandIn kind) : kind_(kind) {}

  // Whether all values that were asked for could be had.
  bool complete() const { return complete_; }
  bool any_quantized() const { return any_quantized_; }

  Tensor ToCpu(const Tensor& tensor) {
    if (!tensor.defined()) return tensor;
    any_quantized_ |= tensor.is_quantized();
    if (!tensor.is_meta()) return tensor;
    for (const auto& [cpu, meta] : pairs_) {
      if (meta.is_same(tensor)) return cpu;
    }
    std::optional<Tensor> cpu =
        kind_ == StandIn::kZeros ? Zeros(tensor) : ValuesOf(tensor);
    if (!cpu) {
      complete_ = false;
      return tensor;
    }
    pairs_.emplace_back(*cpu, tensor);
    return *cpu;
  }

  // What was given comes back as itself: an operator that works in place. What
  // is a view of it, as a view.
  Tensor ToMeta(const Tensor& tensor) const {
    if (!tensor.defined() || tensor.is_meta()) return tensor;
    for (const auto& [cpu, meta] : pairs_) {
      if (!cpu.is_same(tensor)) continue;
      Reshape(meta, cpu);
      return meta;
    }
    for (const auto& [cpu, meta] : pairs_) {
      if (cpu.is_alias_of(tensor)) return OverStorage(meta.storage(), tensor);
    }
    return OnMeta(tensor);
  }

 private:
  // Pages of zeros, which the system gives only where they are touched.
  static Tensor Zeros(const Tensor& meta) {
    const auto bytes = static_cast<int64_t>(
        std::max(meta.storage().nbytes(), StorageBytes(meta)));
    return OverStorage(at::zeros({bytes}, at::kByte).storage(), meta);
  }

  static void Reshape(const Tensor& meta, const Tensor& cpu) {
    if (meta.sizes() == cpu.sizes() && meta.strides() == cpu.strides()) return;
    meta.unsafeGetTensorImpl()->set_sizes_and_strides(
        cpu.sizes(), cpu.strides(), cpu.storage_offset());
    const size_t bytes = StorageBytes(meta);
    if (meta.storage().nbytes() < bytes) meta.storage().set_nbytes(bytes);
  }

  const StandIn kind_;
  bool complete_ = true;
  bool any_quantized_ = false;
  std::vector<std::pair<Tensor, Tensor>> pairs_;  // On the CPU, and as it was.
};

c10::IValue ToCpu(const c10::IValue& value, StandIns& stand_ins) {
  if (value.isTensor()) return stand_ins.ToCpu(value.toTensor());
  if (value.isTensorList()) {
    c10::List<Tensor> list;
    for (const Tensor& tensor : value.toTensorVector()) {
      list.push_back(stand_ins.ToCpu(tensor));
    }
    return list;
  }
  if (value.isOptionalTensorList()) {
    c10::List<std::optional<Tensor>> list;
    for (const std::optional<Tensor>& tensor : value.toOptionalTensorVector()) {
      list.push_back(tensor ? std::optional<Tensor>(stand_ins.ToCpu(*tensor))
                            : std::nullopt);
    }
    return list;
  }
  if (value.isDevice()) return c10::Device(c10::kCPU);
  return value;
}

c10::IValue ToMeta(const c10::IValue& value, const StandIns& stand_ins) {
  if (value.isTensor()) return stand_ins.ToMeta(value.toTensor());
  if (!value.isTensorList()) return value;
  c10::List<Tensor> list;
  for (const Tensor& tensor : value.toTensorVector()) {
    list.push_back(stand_ins.ToMeta(tensor));
  }
  return list;
}

bool IsPacked(const c10::TypePtr& type) {
  if (const auto list = type->cast<c10::ListType>()) {
    return IsPacked(list->getElementType());
  }
  const auto object = type->cast<c10::ClassType>();
  return object && object->name() &&
         IsOfLibTorch(object->name()->qualifiedName());
}

void Call(const c10::OperatorHandle& op, Stack* stack, bool any_quantized) {
  const auto keys =
      any_quantized
          ? std::pair(c10::DispatchKey::QuantizedCPU, c10::DispatchKey::CPU)
          : std::pair(c10::DispatchKey::CPU, c10::DispatchKey::QuantizedCPU);
  for (const c10::DispatchKey key : {keys.first, keys.second}) {
    if (!op.hasKernelForDispatchKey(key)) continue;
    op.callBoxedForDispatchKey(key, *stack);
    return;
  }
  op.callBoxed(stack);
}

}  // namespace

bool TakesPacked(const c10::FunctionSchema& schema) {
  return std::any_of(
      schema.arguments().begin(), schema.arguments().end(),
      [](const c10::Argument& argument) { return IsPacked(argument.type()); });
}

void RunOnPacked(const c10::OperatorHandle& op, Stack* stack) {
  bool any_quantized = false;
  for (size_t i = stack->size() - op.schema().arguments().size();
       i < stack->size(); ++i) {
    const c10::IValue& value = (*stack)[i];
    if (value.isTensor()) any_quantized |= value.toTensor().is_quantized();
    if (value.isObject() && !HoldsShapes(value)) {
      RaiseNeedsValues(op.operator_name().name);
    }
  }
  Call(op, stack, any_quantized);
}

void RunOnCpu(const c10::OperatorHandle& op, Stack* stack, StandIn kind) {
  const size_t arguments = op.schema().arguments().size();
  StandIns stand_ins(kind);
  for (size_t i = stack->size() - arguments; i < stack->size(); ++i) {
    (*stack)[i] = ToCpu((*stack)[i], stand_ins);
  }
  if (!stand_ins.complete()) RaiseNeedsValues(op.operator_name().name);
  Call(op, stack, stand_ins.any_quantized());
  const size_t returns = op.schema().returns().size();
  for (size_t i = stack->size() - returns; i < stack->size(); ++i) {
    (*stack)[i] = ToMeta((*stack)[i], stand_ins);
  }
}

}  // namespace strata::torchscript
