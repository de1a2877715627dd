// LibTorch's values as Strata's.

#ifndef STRATA_PLUGINS_SOURCES_LIBTORCH_VALUE_SPECS_H_
#define STRATA_PLUGINS_SOURCES_LIBTORCH_VALUE_SPECS_H_

#include <ATen/core/ivalue.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/module_visitor.h"
#include "core/tensor_spec.h"

namespace strata::libtorch {

// The tensors in an object of a class of LibTorch's that packs weights; none
// where it is no such object.
using Unpack = std::function<std::vector<TensorSpec>(const c10::IValue&)>;

// Of a tensor that has one shape: not of a nested one.
TensorSpec SpecOf(const at::Tensor& tensor);

// Appends the tensors in `value`, with those inside lists, tuples, dicts,
// optionals and nested tensors, in order. Anything else is passed over.
void AppendTensors(const c10::IValue& value, std::vector<TensorSpec>& specs);

// An operator's argument, as metrics see it; packed parameters, or a list of
// them, are the list of what they hold. Null: they are not looked into.
OpArgument ArgumentOf(const c10::IValue& value, const Unpack& unpack);

// A constant attribute as text: "[3, 3]" for lists and tuples, "True", "None",
// "1e-05". Nothing for values that are no plain constants.
std::optional<std::string> AttributeText(const c10::IValue& value);

// LibTorch's scalar type for a DType; nothing where it has none.
std::optional<at::ScalarType> ScalarTypeOf(DType dtype);

}  // namespace strata::libtorch

#endif  // STRATA_PLUGINS_SOURCES_LIBTORCH_VALUE_SPECS_H_
