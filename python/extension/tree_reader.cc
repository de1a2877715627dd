#include "python/extension/tree_reader.h"

#include <pybind11/stl.h>

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "python/extension/attributes.h"
#include "python/extension/module_tensors.h"
#include "python/extension/status_error.h"

namespace strata::python {
namespace {

namespace py = pybind11;

// A shared module stands at each of its places; shared ones inside of shared
// ones may stand at more than any model has.
constexpr int kMostPlaces = 1000000;

constexpr char kUnregistered[] = "unregistered";

class Reader {
 public:
  Reader(const Modules& modules, const Modules& before, const Numbers& numbers,
         const RareModules& rare)
      : modules_(modules), before_(before), numbers_(numbers), rare_(rare) {
    live_.places.resize(numbers.modules().size());
  }

  LiveTree Read() {
    FindUnregistered();
    open_.push_back({modules_.all()[0], "", -1, false});
    while (!open_.empty()) {
      const Entry entry = std::move(open_.back());
      open_.pop_back();
      if (!entry.module) {  // All inside of that module is done.
        inside_.erase(around_.back());
        around_.pop_back();
        continue;
      }
      AddWithChildren(entry);
    }
    return std::move(live_);
  }

 private:
  // What is still to be added, the next on top.
  struct Entry {
    py::object module;  // Null: the end of the innermost module.
    std::string name;
    int parent;
    bool is_unregistered;
  };

  void FindUnregistered();
  void AddWithChildren(const Entry& entry);
  int Add(const Entry& entry);

  const Modules& modules_;
  const Modules& before_;
  const Numbers& numbers_;
  const RareModules& rare_;
  LiveTree live_;
  // Modules that are registered nowhere, by their caller.
  absl::flat_hash_map<PyObject*, std::vector<py::object>> others_;
  std::vector<Entry> open_;
  std::vector<PyObject*> around_;          // What the next is in,
  absl::flat_hash_set<PyObject*> inside_;  // and as a set.
};

// What was called, and is registered nowhere, stands below its caller, with its
// own.
void Reader::FindUnregistered() {
  const py::object& root = modules_.all()[0];
  absl::flat_hash_set<PyObject*> held;
  for (size_t i = 0; i < numbers_.modules().size(); ++i) {
    const py::object& module = numbers_.modules()[i];
    if (modules_.Contains(module) || held.contains(module.ptr())) continue;
    const int caller = numbers_.CallerOf(static_cast<int>(i));
    others_[caller < 0 ? root.ptr() : numbers_.modules()[caller].ptr()]
        .push_back(module);
    const Modules with_own(module);
    for (const py::object& inner : with_own.all()) {
      held.insert(inner.ptr());
    }
  }
}

int Reader::Add(const Entry& entry) {
  const int place = live_.tree.size();
  if (place >= kMostPlaces) {
    throw StatusError(absl::ResourceExhaustedError(
        absl::StrCat("the model's modules stand at more than ", kMostPlaces,
                     " places; shared modules hold shared modules")));
  }
  const py::object& module = entry.module;
  const ModuleClass& type = modules_.ClassOf(module);
  Module read;
  read.name = entry.name;
  read.parent = entry.parent;
  if (entry.parent >= 0) {
    const Module& parent = live_.tree.modules[entry.parent];
    read.depth = parent.depth + 1;
    read.path = parent.path.empty() ? read.name
                                    : absl::StrCat(parent.path, ".", read.name);
  }
  read.type = type.name;
  read.full_type = type.full_name;
  if (type.is_container) read.kind = ModuleKind::kContainer;
  read.identity = reinterpret_cast<uint64_t>(module.ptr());
  const py::dict members = MembersOf(module);
  if (type.is_compiled) {  // By the class that it had.
    const py::object name = py::getattr(module, "original_name", py::none());
    if (!name.is_none()) read.type = TextOf(name.ptr());
    read.full_type = read.type;
  }
  if (!entry.is_unregistered && type.is_compiled) {
    ReadCompiled(rare_.tensors_of(module), live_.packed, read);
  } else if (!entry.is_unregistered) {
    ReadTensors(module, members, live_.packed, read);
  }
  read.attributes = AttributesOf(members);
  const int number = numbers_.Known(module);
  if (number >= 0) live_.places[number].push_back(place);
  live_.tree.modules.push_back(std::move(read));
  return place;
}

void Reader::AddWithChildren(const Entry& entry) {
  PyObject* const module = entry.module.ptr();
  const int place = Add(entry);
  if (entry.is_unregistered) {
    live_.flags.emplace_back(place, kUnregistered);
    live_.unregistered.push_back(live_.tree.modules[place].path);
  } else if (!before_.Contains(module)) {
    live_.flags.emplace_back(place, "added");
  }
  if (modules_.ClassOf(module).is_compiled) {
    live_.compiled.push_back(live_.tree.modules[place].path);
    return;
  }
  around_.push_back(module);
  inside_.insert(module);
  open_.push_back({py::object(), "", place, false});
  const size_t begin = open_.size();
  ForEachChild(module, [&](PyObject* name, PyObject* child) {
    if (inside_.contains(child)) return;
    open_.push_back({py::reinterpret_borrow<py::object>(child), TextOf(name),
                     place, entry.is_unregistered});
  });
  const auto others = others_.find(module);
  if (others != others_.end()) {
    const py::list names =
        rare_.names_in(entry.module, py::cast(others->second));
    for (size_t i = 0; i < others->second.size(); ++i) {
      const py::object& other = others->second[i];
      if (inside_.contains(other.ptr())) continue;
      const py::object name = names[i];
      open_.push_back({other, TextOf(name.ptr()), place, true});
    }
  }
  std::reverse(open_.begin() + begin, open_.end());
}

}  // namespace

LiveTree ReadTree(const Modules& modules, const Modules& before,
                  const Numbers& numbers, const RareModules& rare) {
  return Reader(modules, before, numbers, rare).Read();
}

}  // namespace strata::python
