// Python's values as Strata's.

#ifndef STRATA_PYTHON_EXTENSION_VALUES_H_
#define STRATA_PYTHON_EXTENSION_VALUES_H_

#include <pybind11/pybind11.h>

#include <vector>

#include "absl/types/span.h"
#include "core/tensor_spec.h"

namespace strata::python {

// Whether it is a torch.Tensor.
bool IsTensor(pybind11::handle value);

// Of a torch.Tensor. What has no shape (a parameter that a lazy module has not
// made yet) is of no dtype.
TensorSpec SpecOf(pybind11::handle tensor);

// Its requires_grad.
bool IsTrained(pybind11::handle tensor);

// Appends the tensors among `values`, with those inside lists, tuples, dicts,
// data classes and other plain objects (a Distribution), in order, each object
// once. What is iterated over once, as a generator, is not looked into.
void AppendTensors(absl::Span<PyObject* const> values,
                   std::vector<TensorSpec>& specs);

}  // namespace strata::python

#endif  // STRATA_PYTHON_EXTENSION_VALUES_H_
