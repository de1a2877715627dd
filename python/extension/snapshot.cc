#include "python/extension/snapshot.h"

#include <optional>

namespace strata::python {
namespace {

namespace py = pybind11;

py::object Borrowed(PyObject* object) {
  return py::reinterpret_borrow<py::object>(object);
}

// Whether they are the very same objects in the same order.
bool HasItems(const py::object& mapping, const py::list& items) {
  const py::list now(mapping.attr("items")());
  if (now.size() != items.size()) return false;
  for (size_t i = 0; i < now.size(); ++i) {
    const py::tuple is = now[i], was = items[i];
    if (!is[0].is(was[0]) || !is[1].is(was[1])) return false;
  }
  return true;
}

}  // namespace

Snapshot::Snapshot(const Modules& modules) {
  for (const py::object& module : modules.all()) {
    const ModuleClass& type = modules.ClassOf(module);
    if (type.is_compiled) {
      compiled_.push_back(
          {module, py::getattr(module, Names().training, py::none())});
      continue;
    }
    Saved saved{module, type.type, dicts_.size(), 0};
    const py::dict members = MembersOf(module);
    Save(members);
    // The dict itself stays: a hook's handle refers to that which it is in.
    PyObject *name, *value;
    Py_ssize_t position = 0;
    while (PyDict_Next(members.ptr(), &position, &name, &value) != 0) {
      if (PyDict_Check(value)) Save(Borrowed(value));
    }
    saved.dicts_end = dicts_.size();
    saved_.push_back(std::move(saved));
  }
}

void Snapshot::Save(py::object mapping) {
  if (!PyDict_CheckExact(mapping.ptr()) && PyDict_Size(mapping.ptr()) > 0) {
    py::list items(mapping.attr("items")());
    others_.push_back({std::move(mapping), std::move(items)});
    return;
  }
  Dict saved{std::move(mapping), items_.size(), 0};
  PyObject *key, *value;
  Py_ssize_t position = 0;
  while (PyDict_Next(saved.dict.ptr(), &position, &key, &value) != 0) {
    items_.emplace_back(Borrowed(key), Borrowed(value));
  }
  saved.end = items_.size();
  dicts_.push_back(std::move(saved));
}

void Snapshot::PutBack(const Dict& saved) {
  PyObject* const dict = saved.dict.ptr();
  const auto is_as_it_was = [&] {
    if (PyDict_Size(dict) != static_cast<Py_ssize_t>(saved.end - saved.begin)) {
      return false;
    }
    PyObject *key, *value;
    Py_ssize_t position = 0;
    for (size_t i = saved.begin; i < saved.end; ++i) {
      PyDict_Next(dict, &position, &key, &value);
      if (key != items_[i].first.ptr() || value != items_[i].second.ptr()) {
        return false;
      }
    }
    return true;
  };
  if (is_as_it_was()) return;
  if (!PyDict_CheckExact(dict)) {  // It was empty.
    saved.dict.attr("clear")();
    return;
  }
  // What is in it now ends when all is back: its end may run code.
  const auto now = py::reinterpret_steal<py::dict>(PyDict_Copy(dict));
  PyDict_Clear(dict);
  for (size_t i = saved.begin; i < saved.end; ++i) {
    if (PyDict_SetItem(dict, items_[i].first.ptr(), items_[i].second.ptr()) !=
        0) {
      throw py::error_already_set();
    }
  }
}

// Item by item: update() of a Counter counts.
void Snapshot::PutBack(const Other& saved) {
  if (HasItems(saved.mapping, saved.items)) return;
  saved.mapping.attr("clear")();
  for (const py::handle item : saved.items) {
    const auto pair = py::reinterpret_borrow<py::tuple>(item);
    saved.mapping[py::object(pair[0])] = py::object(pair[1]);
  }
}

void Snapshot::PutBack(const Saved& saved) {
  if (reinterpret_cast<PyObject*>(Py_TYPE(saved.module.ptr())) !=
      saved.type.ptr()) {  // A lazy module that has become another.
    py::setattr(saved.module, "__class__", saved.type);
  }
  for (size_t i = saved.dicts_begin; i < saved.dicts_end; ++i) {
    PutBack(dicts_[i]);
  }
}

void Snapshot::PutBack() {
  std::optional<py::error_already_set> first;
  const auto with_care = [&first](auto&& put_back) {
    try {
      put_back();
    } catch (py::error_already_set& e) {
      if (!first) first.emplace(e);
    }
  };
  for (const Saved& saved : saved_) {
    with_care([&] { PutBack(saved); });
  }
  for (const Other& saved : others_) {
    with_care([&] { PutBack(saved); });
  }
  for (const SavedCompiled& saved : compiled_) {
    with_care([&] {
      if (saved.training.is_none()) return;
      if (!py::getattr(saved.module, Names().training).is(saved.training)) {
        py::setattr(saved.module, Names().training, saved.training);
      }
    });
  }
  saved_.clear();
  dicts_.clear();
  others_.clear();
  compiled_.clear();
  items_.clear();
  if (first) throw *first;
}

}  // namespace strata::python
