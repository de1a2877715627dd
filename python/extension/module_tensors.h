// A module's own parameters and buffers.

#ifndef STRATA_PYTHON_EXTENSION_MODULE_TENSORS_H_
#define STRATA_PYTHON_EXTENSION_MODULE_TENSORS_H_

#include <pybind11/pybind11.h>

#include "core/module_tree.h"
#include "plugins/sources/libtorch/packed_parameters.h"

namespace strata::python {

// Puts them into `read`, with those that a quantized layer keeps packed in an
// object of LibTorch's; `packed` holds that. Unless all are known, none is
// there.
void ReadTensors(pybind11::handle module, const pybind11::dict& members,
                 libtorch::PackedParameters& packed, Module& read);

// The same of a compiled module, with all that is in it. `tensors`, from
// Python: lists of its parameters (tuples of name, tensor, and whether it is
// trained), of buffers (of name and tensor) and of objects of LibTorch's (of
// name and object).
void ReadCompiled(const pybind11::object& tensors,
                  libtorch::PackedParameters& packed, Module& read);

}  // namespace strata::python

#endif  // STRATA_PYTHON_EXTENSION_MODULE_TENSORS_H_
