// Makes packed objects of shapes, as files and operators ask for them.

#ifndef STRATA_PLUGINS_SOURCES_TORCHSCRIPT_PACKED_STATES_H_
#define STRATA_PLUGINS_SOURCES_TORCHSCRIPT_PACKED_STATES_H_

#include <ATen/core/ivalue.h>
#include <torch/library.h>

#include <string>

namespace strata::torchscript {

// Whether a class, by its qualified name, is one of C++'s own.
bool IsOfLibTorch(const std::string& class_name);

// What LibTorch's `__setstate__` would give for an object of such a class, from
// a state that has meta tensors: the capsule that the object holds. None where
// `__setstate__` itself can be called. Raises where the state is not as
// LibTorch writes it, which is damage, and where the class packs values.
c10::IValue PackedFromState(const std::string& class_name,
                            const c10::IValue& state);

// Registers the operators `*_prepack` of the namespaces quantized, which has
// all of them, and _quantized: for quantized meta weights, and for those of
// half precision, which are plain meta tensors of single precision.
void RegisterPrepack(torch::Library& library, bool has_all);
void RegisterHalfPrepack(torch::Library& library);

}  // namespace strata::torchscript

#endif  // STRATA_PLUGINS_SOURCES_TORCHSCRIPT_PACKED_STATES_H_
