#include "python/extension/modules.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace strata::python {
namespace {

namespace py = pybind11;

// Classes and functions of PyTorch's that are compared with. Never destroyed.
struct Torch {
  py::object module, script_module, train, forward;
};

const Torch& PyTorch() {
  static const Torch* const torch = [] {
    const py::module_ nn = py::module_::import("torch.nn");
    auto* made = new Torch;
    made->module = nn.attr("Module");
    made->script_module = py::module_::import("torch.jit").attr("ScriptModule");
    made->train = made->module.attr("train");
    made->forward = made->module.attr("forward");
    return made;
  }();
  return *torch;
}

PyObject* Interned(const char* name) {
  return PyUnicode_InternFromString(name);
}

std::string TextAttribute(py::handle object, const char* name) {
  return TextOf(py::object(object.attr(name)).ptr());
}

bool IsNot(py::handle type, const char* attribute, const py::object& other) {
  return !py::getattr(type, attribute, py::none()).is(other);
}

}  // namespace

const AttributeNames& Names() {
  static const auto* const names = new AttributeNames{
      Interned("_parameters"),   Interned("_buffers"), Interned("_modules"),
      Interned("_flat_weights"), Interned("training"), Interned("forward")};
  return *names;
}

std::string TextOf(PyObject* text) {
  Py_ssize_t size = 0;
  const char* const bytes = PyUnicode_AsUTF8AndSize(text, &size);
  if (bytes != nullptr) return std::string(bytes, size);
  PyErr_Clear();  // It has a half of a surrogate pair, or is no str.
  const py::str shown = py::str(py::handle(text));
  const auto encoded = py::reinterpret_steal<py::bytes>(
      PyUnicode_AsEncodedString(shown.ptr(), "utf-8", "replace"));
  if (!encoded) throw py::error_already_set();
  return encoded;
}

const ModuleClass& ModuleClasses::Of(py::handle module) {
  PyTypeObject* const type = Py_TYPE(module.ptr());
  std::unique_ptr<ModuleClass>& found = classes_[type];
  if (found != nullptr) return *found;
  const auto held =
      py::reinterpret_borrow<py::object>(reinterpret_cast<PyObject*>(type));
  auto made = std::make_unique<ModuleClass>();
  made->type = held;
  made->name = TextAttribute(held, "__name__");
  made->full_name = absl::StrCat(TextAttribute(held, "__module__"), ".",
                                 TextAttribute(held, "__qualname__"));
  made->is_compiled = py::isinstance(module, PyTorch().script_module);
  const py::object forward = py::getattr(held, "forward", py::none());
  made->is_container = forward.is_none() || forward.is(PyTorch().forward);
  made->has_own_train = IsNot(held, "train", PyTorch().train);
  found = std::move(made);
  return *found;
}

py::dict MembersOf(py::handle module) {
  PyObject* const members = PyObject_GenericGetDict(module.ptr(), nullptr);
  if (members == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::dict>(members);
}

py::object MemberOf(py::handle module, PyObject* name) {
  const py::dict members = MembersOf(module);
  PyObject* const value = PyDict_GetItemWithError(members.ptr(), name);
  if (value != nullptr) return py::reinterpret_borrow<py::object>(value);
  if (PyErr_Occurred() != nullptr) throw py::error_already_set();
  PyObject* const otherwise = PyObject_GetAttr(module.ptr(), name);
  if (otherwise == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(otherwise);
}

void ForEachItem(py::handle mapping,
                 absl::FunctionRef<void(PyObject*, PyObject*)> use) {
  if (PyDict_CheckExact(mapping.ptr())) {
    PyObject *key, *value;
    Py_ssize_t position = 0;
    while (PyDict_Next(mapping.ptr(), &position, &key, &value) != 0) {
      // Held: a tensor's or a number's class may run code of the user's.
      const auto held_key = py::reinterpret_borrow<py::object>(key);
      const auto held_value = py::reinterpret_borrow<py::object>(value);
      use(key, value);
    }
    return;
  }
  if (mapping.is_none()) return;
  // An OrderedDict, which has an order of its own, or the like.
  const py::list items(mapping.attr("items")());
  for (const py::handle item : items) {
    const py::tuple pair = py::reinterpret_borrow<py::object>(item);
    if (pair.size() != 2) throw py::value_error("items() gave no pairs");
    use(pair[0].ptr(), pair[1].ptr());
  }
}

void ForEachChild(py::handle module,
                  absl::FunctionRef<void(PyObject*, PyObject*)> use) {
  ForEachItem(MemberOf(module, Names().modules),
              [&](PyObject* name, PyObject* child) {
                if (child != Py_None) use(name, child);
              });
}

Modules::Modules(py::object root) {
  std::vector<py::object> open = {std::move(root)};
  while (!open.empty()) {
    py::object next = std::move(open.back());
    open.pop_back();
    if (!set_.insert(next.ptr()).second) continue;
    const size_t begin = open.size();
    ForEachChild(next, [&](PyObject* /*name*/, PyObject* child) {
      open.push_back(py::reinterpret_borrow<py::object>(child));
    });
    std::reverse(open.begin() + begin, open.end());
    all_.push_back(std::move(next));
  }
}

bool Modules::HaveOwnTrain() const {
  return std::any_of(all_.begin(), all_.end(),
                     [this](const py::object& module) {
                       return ClassOf(module).has_own_train;
                     });
}

void Modules::SetTraining(bool training) const {
  PyObject* const value = training ? Py_True : Py_False;
  for (const py::object& module : all_) {
    // A compiled one keeps it elsewhere, and may have been frozen.
    if (!ClassOf(module).is_compiled) {
      PyDict_SetItem(MembersOf(module).ptr(), Names().training, value);
    } else if (py::hasattr(module, Names().training)) {
      py::setattr(module, Names().training, value);
    }
  }
}

}  // namespace strata::python
