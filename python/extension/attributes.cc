#include "python/extension/attributes.h"

#include <torch/csrc/Dtype.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "python/extension/modules.h"

namespace strata::python {
namespace {

namespace py = pybind11;

constexpr size_t kLongest = 200;

std::string Shown(PyObject* value) {
  const auto text = py::reinterpret_steal<py::object>(PyObject_Str(value));
  if (!text) throw py::error_already_set();
  return TextOf(text.ptr());
}

// Of a number or a text, subclasses too; false where it is none.
bool AppendScalar(PyObject* value, std::string& text) {
  if (PyLong_CheckExact(value)) {  // The most common, and the quickest.
    int overflow = 0;
    const int64_t number = PyLong_AsLongLongAndOverflow(value, &overflow);
    if (overflow == 0) {
      absl::StrAppend(&text, number);
      return true;
    }
  } else if (PyUnicode_CheckExact(value)) {
    text += TextOf(value);
    return true;
  }
  if (!PyLong_Check(value) && !PyFloat_Check(value) &&
      !PyUnicode_Check(value)) {
    return false;
  }
  text += Shown(value);
  return true;
}

bool AppendSequence(PyObject* value, std::string& text) {
  text += '[';
  // The text of an item may be made by code that changes the list.
  for (Py_ssize_t i = 0;
       i < PySequence_Fast_GET_SIZE(value) && text.size() <= kLongest; ++i) {
    if (i > 0) text += ", ";
    const auto item =
        py::reinterpret_borrow<py::object>(PySequence_Fast_GET_ITEM(value, i));
    if (!AppendScalar(item.ptr(), text)) return false;
  }
  text += ']';
  return true;
}

bool IsScalar(PyObject* value) {
  return PyLong_CheckExact(value) || PyBool_Check(value) ||
         PyFloat_CheckExact(value) || PyUnicode_CheckExact(value);
}

// Whether there is a text for it; appended.
bool AppendText(PyObject* value, std::string& text) {
  if (IsScalar(value)) return AppendScalar(value, text);
  if (PyTuple_CheckExact(value) || PyList_CheckExact(value)) {
    return AppendSequence(value, text);
  }
  if (value == Py_None) {
    text += "None";
    return true;
  }
  if (!THPDtype_Check(value)) return false;
  const std::string shown = Shown(value);
  absl::StrAppend(&text, absl::StripPrefix(shown, "torch."));
  return true;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> AttributesOf(
    const py::dict& members) {
  std::vector<std::pair<std::string, std::string>> attributes;
  std::string text;
  ForEachItem(members, [&](PyObject* key, PyObject* value) {
    if (!PyUnicode_Check(key) || PyUnicode_GET_LENGTH(key) == 0 ||
        PyUnicode_READ_CHAR(key, 0) == '_' ||
        PyUnicode_Compare(key, Names().training) == 0) {
      return;
    }
    text.clear();
    if (AppendText(value, text) && text.size() <= kLongest) {
      attributes.emplace_back(TextOf(key), text);
    }
  });
  return attributes;
}

}  // namespace strata::python
