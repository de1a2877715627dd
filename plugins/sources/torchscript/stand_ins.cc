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
#include "plugins/sources/torchscript/packed_states.h"
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

  Tensor ToCpu(const Tensor& tensor) {
    if (!tensor.defined() || !tensor.is_meta()) return tensor;
    is_scale_unknown_ |= IsScaleUnknown(tensor);
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

  // Results will be quantized by scales that values make.
  void SetScaleUnknown() { is_scale_unknown_ = true; }

  Tensor ToMeta(const Tensor& tensor) const {
    if (!tensor.defined() || tensor.is_meta()) return tensor;
    const Tensor meta = MetaOf(tensor);
    if (is_scale_unknown_) torchscript::SetScaleUnknown(meta);
    return meta;
  }

 private:
  // What was given comes back as itself: an operator that works in place. What
  // is a view of it, as a view.
  Tensor MetaOf(const Tensor& tensor) const {
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
  bool is_scale_unknown_ = false;
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

// Whether it quantizes by a scale that is a tensor, or made of one.
bool MakesScale(const c10::OperatorHandle& op) {
  const c10::OperatorName& name = op.operator_name();
  return name.name == "aten::quantize_per_tensor_dynamic" ||
         (name.name == "aten::quantize_per_tensor" &&
          !name.overload_name.empty());
}

bool IsPacked(const c10::TypePtr& type) {
  if (const auto list = type->cast<c10::ListType>()) {
    return IsPacked(list->getElementType());
  }
  const auto object = type->cast<c10::ClassType>();
  return object && object->name() &&
         IsOfLibTorch(object->name()->qualifiedName());
}

}  // namespace

bool TakesPacked(const c10::FunctionSchema& schema) {
  return std::any_of(
      schema.arguments().begin(), schema.arguments().end(),
      [](const c10::Argument& argument) { return IsPacked(argument.type()); });
}

void RunOnPacked(const c10::OperatorHandle& op, Stack* stack,
                 c10::DispatchKey key) {
  for (size_t i = stack->size() - op.schema().arguments().size();
       i < stack->size(); ++i) {
    const c10::IValue& value = (*stack)[i];
    if (value.isObject() && !HoldsShapes(value)) {
      RaiseNeedsValues(op.operator_name().name);
    }
  }
  TORCH_CHECK(op.hasKernelForDispatchKey(key), "Could not run '",
              op.operator_name(), "' with arguments from the '", key,
              "' backend");
  op.callBoxedForDispatchKey(key, *stack);
}

void RunOnCpu(const c10::OperatorHandle& op, Stack* stack, StandIn kind,
              c10::DispatchKey key) {
  const size_t arguments = op.schema().arguments().size();
  StandIns stand_ins(kind);
  for (size_t i = stack->size() - arguments; i < stack->size(); ++i) {
    (*stack)[i] = ToCpu((*stack)[i], stand_ins);
  }
  if (!stand_ins.complete()) RaiseNeedsValues(op.operator_name().name);
  if (MakesScale(op)) stand_ins.SetScaleUnknown();
  if (op.hasKernelForDispatchKey(key)) {
    op.callBoxedForDispatchKey(key, *stack);
  } else {
    op.callBoxed(stack);
  }
  const size_t returns = op.schema().returns().size();
  for (size_t i = stack->size() - returns; i < stack->size(); ++i) {
    (*stack)[i] = ToMeta((*stack)[i], stand_ins);
  }
}

}  // namespace strata::torchscript
