#include "python/extension/module_tensors.h"

// After pybind11, which wants Python.h first.
#include <torch/csrc/jit/python/module_python.h>

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "python/extension/modules.h"
#include "python/extension/twins.h"
#include "python/extension/values.h"

namespace strata::python {
namespace {

namespace py = pybind11;

ParameterInfo InfoOf(PyObject* name, PyObject* tensor, bool trainable) {
  return {TextOf(name), SpecOf(tensor), trainable};
}

// An object of LibTorch's, as packed weights are.
bool IsScriptObject(PyObject* value) {
  static PyObject* const type =
      py::object(py::module_::import("torch").attr("ScriptObject"))
          .release()
          .ptr();
  return PyObject_TypeCheck(value, reinterpret_cast<PyTypeObject*>(type)) != 0;
}

// `path`: of its module inside of a compiled one; "" for its own.
void ReadPacked(PyObject* object, const std::string& path,
                libtorch::PackedParameters& packed, Module& read) {
  const std::optional<torch::jit::Object> found = torch::jit::as_object(object);
  if (!found) return;
  const auto& parameters = packed.Keep(found->_ivalue());
  if (parameters.empty()) read.parameters_known = false;
  for (ParameterInfo parameter : parameters) {
    if (!path.empty()) parameter.name = absl::StrCat(path, ".", parameter.name);
    read.parameters.push_back(std::move(parameter));
  }
}

PyObject* Field(py::handle tuple, int field) {
  return PyTuple_GetItem(tuple.ptr(), field);
}

}  // namespace

void ReadTensors(py::handle module, const py::dict& members,
                 libtorch::PackedParameters& packed, Module& read) {
  ForEachItem(MemberOf(module, Names().parameters), [&](PyObject* name,
                                                        PyObject* tensor) {
    if (tensor == Py_None) return;
    if (IsLazy(tensor)) read.parameters_known = false;
    read.parameters.push_back(InfoOf(name, tensor, IsTrained(tensor)));
  });
  ForEachItem(members, [&](PyObject* /*name*/, PyObject* value) {
    if (IsScriptObject(value)) ReadPacked(value, "", packed, read);
  });
  if (!read.parameters_known) read.parameters.clear();
  ForEachItem(MemberOf(module, Names().buffers),
              [&](PyObject* name, PyObject* tensor) {
                if (tensor == Py_None || IsLazy(tensor)) return;
                read.buffers.push_back(InfoOf(name, tensor, false));
              });
}

void ReadCompiled(const py::object& tensors, libtorch::PackedParameters& packed,
                  Module& read) {
  const py::tuple lists(tensors);
  for (const py::handle item : py::list(lists[0])) {
    read.parameters.push_back(
        InfoOf(Field(item, 0), Field(item, 1), Field(item, 2) == Py_True));
  }
  for (const py::handle item : py::list(lists[1])) {
    read.buffers.push_back(InfoOf(Field(item, 0), Field(item, 1), false));
  }
  for (const py::handle item : py::list(lists[2])) {
    ReadPacked(Field(item, 1), TextOf(Field(item, 0)), packed, read);
  }
  if (!read.parameters_known) read.parameters.clear();
}

}  // namespace strata::python
