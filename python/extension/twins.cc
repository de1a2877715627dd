#include "python/extension/twins.h"

#include <ATen/EmptyTensor.h>
#include <torch/csrc/autograd/python_variable.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "python/extension/values.h"

namespace strata::python {
namespace {

namespace py = pybind11;

// Classes of PyTorch's. Never destroyed.
struct Classes {
  py::object buffer, lazy, lazy_parameter, lazy_buffer;
};

const Classes& Torch() {
  static const Classes* const classes = [] {
    const py::module_ parameter = py::module_::import("torch.nn.parameter");
    return new Classes{parameter.attr("Buffer"),
                       parameter.attr("UninitializedTensorMixin"),
                       parameter.attr("UninitializedParameter"),
                       parameter.attr("UninitializedBuffer")};
  }();
  return *classes;
}

const at::Tensor& Unpacked(py::handle tensor) {
  return THPVariable_Unpack(tensor.ptr());
}

py::object Wrapped(const at::Tensor& tensor, PyObject* type) {
  return py::reinterpret_steal<py::object>(
      THPVariable_Wrap(tensor, reinterpret_cast<PyTypeObject*>(type)));
}

// The tensors in a dict of parameters or buffers, which `use` may replace.
void ForEachTensor(py::handle tensors,
                   absl::FunctionRef<py::object(PyObject*)> use) {
  ForEachItem(tensors, [&](PyObject* name, PyObject* tensor) {
    if (tensor == Py_None) return;
    const py::object twin = use(tensor);
    // Of a key that it has: the loop over it may go on.
    if (twin.ptr() != tensor) PyObject_SetItem(tensors.ptr(), name, twin.ptr());
  });
}

bool IsHidden(PyObject* name) {
  return PyUnicode_Check(name) && PyUnicode_GET_LENGTH(name) > 0 &&
         PyUnicode_READ_CHAR(name, 0) == '_' &&
         PyUnicode_Compare(name, Names().flat_weights) != 0;
}

bool HoldsTensors(PyObject* sequence) {
  PyObject** const items = PySequence_Fast_ITEMS(sequence);
  return std::any_of(items, items + PySequence_Fast_GET_SIZE(sequence),
                     [](PyObject* item) { return IsTensor(item); });
}

bool HasTensors(PyObject* dict) {
  PyObject *key, *value;
  Py_ssize_t position = 0;
  while (PyDict_Next(dict, &position, &key, &value) != 0) {
    if (IsTensor(value)) return true;
  }
  return false;
}

}  // namespace

bool IsLazy(py::handle tensor) {
  return !THPVariable_CheckExact(tensor.ptr()) &&
         py::isinstance(tensor, Torch().lazy);
}

Twins::Twins(const std::string& device) : device_(device) {}

py::object Twins::Of(py::handle tensor) {
  py::object& twin = twins_[tensor.ptr()];
  if (!twin) {
    // It may be raised, and the map may grow meanwhile: no reference is kept.
    py::object made = Make(tensor);
    held_.push_back(py::reinterpret_borrow<py::object>(tensor));
    return twins_[tensor.ptr()] = std::move(made);
  }
  return twin;
}

py::object Twins::MakeLazy(py::handle tensor) {
  const bool is_parameter = py::isinstance(tensor, Torch().lazy_parameter);
  const py::object& type =
      is_parameter ? Torch().lazy_parameter : Torch().lazy_buffer;
  return type(py::arg("requires_grad") = tensor.attr("requires_grad"),
              py::arg("device") = device_.str(),
              py::arg("dtype") = tensor.attr("dtype"));
}

py::object Twins::Make(py::handle tensor) {
  if (IsLazy(tensor)) return MakeLazy(tensor);
  PyObject* const type = reinterpret_cast<PyObject*>(Py_TYPE(tensor.ptr()));
  if (!THPVariable_CheckExact(tensor.ptr()) && Torch().buffer.ptr() != type) {
    throw NoTwin(absl::StrCat(
        "a tensor of the class ",
        TextOf(py::object(py::handle(type).attr("__name__")).ptr())));
  }
  const at::Tensor& of = Unpacked(tensor);
  if (of.layout() != at::kStrided || of.is_quantized()) {
    throw NoTwin("a sparse or quantized tensor");
  }
  at::Tensor twin = device_.is_meta()
                        ? ShapeOf(of)
                        : of.detach().to(device_, /*non_blocking=*/false,
                                         /*copy=*/true);
  if (type != ParameterClass) return Wrapped(twin, THPVariableClass);
  twin.set_requires_grad(of.requires_grad());
  return Wrapped(twin, ParameterClass);
}

at::Tensor Twins::ShapeOf(const at::Tensor& tensor) {
  if (tensor.is_meta()) return tensor.detach();
  const c10::Storage& storage = tensor.storage();
  const at::ScalarType type = tensor.scalar_type();
  const bool has_bytes = storage.nbytes() > 0;
  const auto known =
      has_bytes ? storages_.find(storage.data()) : storages_.end();
  at::Tensor whole;
  if (known != storages_.end()) {
    whole = known->second;
  } else if (tensor.nbytes() == storage.nbytes() &&
             tensor.is_non_overlapping_and_dense()) {
    at::Tensor twin(
        at::detail::empty_strided_meta(tensor.sizes(), tensor.strides(), type));
    if (has_bytes) storages_.emplace(storage.data(), twin);
    return twin;
  } else {
    whole = at::Tensor(at::detail::empty_meta(
        {static_cast<int64_t>(storage.nbytes())}, at::kByte));
    if (has_bytes) storages_.emplace(storage.data(), whole);
  }
  at::Tensor part(at::detail::empty_meta({0}, type));
  return part.set_(whole.storage(), tensor.storage_offset(), tensor.sizes(),
                   tensor.strides());
}

py::object Twins::OrItself(PyObject* value) {
  return IsTensor(value) ? Of(value)
                         : py::reinterpret_borrow<py::object>(value);
}

py::object Twins::Inside(PyObject* value) {
  if (IsTensor(value)) return Of(value);
  if (PyList_CheckExact(value) && HoldsTensors(value)) {
    py::list twins;
    for (const py::handle item : py::handle(value)) {
      twins.append(OrItself(item.ptr()));
    }
    return twins;
  }
  if (PyTuple_CheckExact(value) && HoldsTensors(value)) {
    py::tuple twins(PyTuple_GET_SIZE(value));
    for (size_t i = 0; i < twins.size(); ++i) {
      twins[i] = OrItself(PyTuple_GET_ITEM(value, i));
    }
    return twins;
  }
  if (PyDict_CheckExact(value) && HasTensors(value)) {
    py::dict twins;
    ForEachItem(value, [&](PyObject* key, PyObject* item) {
      twins[py::handle(key)] = OrItself(item);
    });
    return twins;
  }
  return py::reinterpret_borrow<py::object>(value);
}

void Twins::TakePlace(const Modules& modules) {
  const auto of = [this](PyObject* tensor) { return Of(tensor); };
  for (const py::object& module : modules.all()) {
    if (modules.ClassOf(module).is_compiled) {
      throw NoTwin("a compiled (scripted) module");
    }
    ForEachTensor(MemberOf(module, Names().parameters), of);
    ForEachTensor(MemberOf(module, Names().buffers), of);
    const py::dict members = MembersOf(module);
    ForEachItem(members, [&](PyObject* name, PyObject* value) {
      if (IsHidden(name)) return;
      const py::object twin = Inside(value);
      if (twin.ptr() != value) PyDict_SetItem(members.ptr(), name, twin.ptr());
    });
  }
}

py::object Twins::CopyOf(PyObject* buffer) {
  if (IsLazy(buffer)) return py::reinterpret_borrow<py::object>(buffer);
  py::object& copy = copies_[buffer];
  if (!copy) {
    py::object made = py::handle(buffer).attr("detach")().attr("clone")();
    held_.push_back(py::reinterpret_borrow<py::object>(buffer));
    return copies_[buffer] = std::move(made);
  }
  return copy;
}

void Twins::StandInForWritten(const Modules& modules) {
  const auto lazy_twin = [this](PyObject* tensor) {
    return IsLazy(tensor) ? Of(tensor)
                          : py::reinterpret_borrow<py::object>(tensor);
  };
  for (const py::object& module : modules.all()) {
    if (modules.ClassOf(module).is_compiled) continue;
    const py::object buffers = MemberOf(module, Names().buffers);
    ForEachTensor(buffers, [this](PyObject* buffer) { return CopyOf(buffer); });
    ForEachTensor(MemberOf(module, Names().parameters), lazy_twin);
    ForEachTensor(buffers, lazy_twin);
  }
}

ParameterVersions::ParameterVersions(const Modules& modules) {
  for (const py::object& module : modules.all()) {
    ForEachItem(MemberOf(module, Names().parameters), [&](PyObject*,
                                                          PyObject* tensor) {
      if (!IsTensor(tensor) || IsLazy(tensor) ||
          Unpacked(tensor).is_inference()) {
        return;
      }
      versions_.push_back({py::reinterpret_borrow<py::object>(tensor),
                           static_cast<int64_t>(Unpacked(tensor)._version())});
    });
  }
}

bool ParameterVersions::HaveChanged() const {
  return std::any_of(
      versions_.begin(), versions_.end(), [](const Version& saved) {
        return Unpacked(saved.tensor)._version() != saved.version;
      });
}

}  // namespace strata::python
