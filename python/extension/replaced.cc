#include "python/extension/replaced.h"

namespace strata::python {

namespace py = pybind11;

Replaced::Replaced(const py::list& attributes) {
  for (const py::handle item : attributes) {
    const auto tuple = py::reinterpret_borrow<py::tuple>(item);
    attributes_.push_back({tuple[0], tuple[1], tuple[2], {}});
  }
}

Replaced::~Replaced() { Close(); }

void Replaced::Open() {
  for (Attribute& attribute : attributes_) {
    attribute.before = py::getattr(attribute.object, attribute.name);
    py::setattr(attribute.object, attribute.name, attribute.value);
  }
}

void Replaced::Close() {
  for (Attribute& attribute : attributes_) {
    if (!attribute.before) continue;
    if (PyObject_SetAttr(attribute.object.ptr(), attribute.name.ptr(),
                         attribute.before.ptr()) != 0) {
      PyErr_WriteUnraisable(attribute.object.ptr());
    }
    attribute.before = py::object();
  }
}

}  // namespace strata::python
