#include "python/extension/values.h"

// After pybind11, which wants Python.h first.
#include <torch/csrc/autograd/python_variable.h>

#include <exception>

#include "absl/container/flat_hash_set.h"
#include "plugins/sources/libtorch/value_specs.h"

namespace strata::python {
namespace {

namespace py = pybind11;

// How many objects are looked at in one value: an output may hold a world.
constexpr size_t kMostObjects = 10000;

const at::Tensor& Unpacked(py::handle tensor) {
  return THPVariable_Unpack(tensor.ptr());
}

// Numbers, texts and the like, which hold nothing.
bool IsPlain(PyObject* object) {
  return object == Py_None || PyLong_Check(object) || PyFloat_Check(object) ||
         PyUnicode_Check(object) || PyBytes_Check(object) ||
         PyType_Check(object) || PyCallable_Check(object) != 0 ||
         PyModule_Check(object);
}

// What an object is made of, in order.
std::vector<py::object> PartsOf(py::handle value) {
  std::vector<py::object> parts;
  PyObject* const object = value.ptr();
  if (PyDict_Check(object)) {
    for (const auto& item : py::reinterpret_borrow<py::dict>(value)) {
      parts.push_back(py::reinterpret_borrow<py::object>(item.second));
    }
  } else if (PyTuple_Check(object) || PyList_Check(object)) {
    const Py_ssize_t size = PySequence_Fast_GET_SIZE(object);
    for (Py_ssize_t i = 0; i < size; ++i) {
      parts.push_back(py::reinterpret_borrow<py::object>(
          PySequence_Fast_GET_ITEM(object, i)));
    }
  } else if (PyObject_HasAttrString(object, "__dict__") != 0) {
    const py::object members = value.attr("__dict__");
    if (!py::isinstance<py::dict>(members)) return parts;
    // One thing under two names is one.
    absl::flat_hash_set<PyObject*> seen;
    for (py::object& part : PartsOf(members)) {
      if (seen.insert(part.ptr()).second) parts.push_back(std::move(part));
    }
  }
  return parts;
}

void AppendTensor(py::handle tensor, std::vector<TensorSpec>& specs) {
  try {
    libtorch::AppendTensors(Unpacked(tensor), specs);
  } catch (const std::exception&) {  // It has no shape: Python's own kind.
  }
}

}  // namespace

bool IsTensor(py::handle value) {
  return PyObject_TypeCheck(value.ptr(), reinterpret_cast<PyTypeObject*>(
                                             THPVariableClass)) != 0;
}

TensorSpec SpecOf(py::handle tensor) {
  try {
    return libtorch::SpecOf(Unpacked(tensor));
  } catch (const std::exception&) {
    return TensorSpec();
  }
}

bool IsTrained(py::handle tensor) { return Unpacked(tensor).requires_grad(); }

void AppendTensors(absl::Span<PyObject* const> values,
                   std::vector<TensorSpec>& specs) {
  absl::flat_hash_set<PyObject*> seen;
  std::vector<py::object> open;
  for (PyObject* const value : values) {
    if (IsTensor(value)) {  // The common case, without a stack.
      AppendTensor(value, specs);
      continue;
    }
    open.push_back(py::reinterpret_borrow<py::object>(value));
    while (!open.empty() && seen.size() < kMostObjects) {
      const py::object next = std::move(open.back());
      open.pop_back();
      if (IsTensor(next)) {
        AppendTensor(next, specs);
        continue;
      }
      if (IsPlain(next.ptr()) || !seen.insert(next.ptr()).second) continue;
      std::vector<py::object> parts = PartsOf(next);
      open.insert(open.end(), std::make_move_iterator(parts.rbegin()),
                  std::make_move_iterator(parts.rend()));
    }
    open.clear();
  }
}

}  // namespace strata::python
