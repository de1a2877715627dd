// PyTorch's modules, as they are in Python.

#ifndef STRATA_PYTHON_EXTENSION_MODULES_H_
#define STRATA_PYTHON_EXTENSION_MODULES_H_

#include <pybind11/pybind11.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"

namespace strata::python {

// Names of attributes that are asked for often. Never destroyed.
struct AttributeNames {
  PyObject* parameters;    // "_parameters"
  PyObject* buffers;       // "_buffers"
  PyObject* modules;       // "_modules"
  PyObject* flat_weights;  // "_flat_weights"
  PyObject* training;
  PyObject* forward;
};
const AttributeNames& Names();

// The text of a str; of one that UTF-8 has no form for, with '?' in it.
std::string TextOf(PyObject* text);

// Of a class of modules.
struct ModuleClass {
  pybind11::object type;  // Held, so that its address stays its own.
  std::string name;       // "Conv2d"
  std::string full_name;  // "torch.nn.modules.conv.Conv2d"
  bool is_compiled;       // A torch.jit.ScriptModule.
  bool is_container;      // It has no forward of its own.
  bool has_own_train;     // Its `train` is not nn.Module's.
};

// Looks at each class once.
class ModuleClasses {
 public:
  const ModuleClass& Of(pybind11::handle module);

 private:
  absl::flat_hash_map<PyTypeObject*, std::unique_ptr<ModuleClass>> classes_;
};

// Its attributes, module.__dict__.
pybind11::dict MembersOf(pybind11::handle module);

// A dict of the module's (one of Names()): raises AttributeError where it has
// none, as a module does whose __init__ did not call super's.
pybind11::object MemberOf(pybind11::handle module, PyObject* name);

// Calls `use` with each key and value, in the mapping's own order. `use` may
// give a key another value.
void ForEachItem(pybind11::handle mapping,
                 absl::FunctionRef<void(PyObject* key, PyObject* value)> use);

// A module's registered modules, by name; of a compiled one, too.
void ForEachChild(pybind11::handle module,
                  absl::FunctionRef<void(PyObject* name, PyObject* child)> use);

// All modules that are registered in one, with itself, each once, in the order
// of registration; held.
class Modules {
 public:
  explicit Modules(pybind11::object root);

  const std::vector<pybind11::object>& all() const { return all_; }
  bool Contains(pybind11::handle module) const {
    return set_.contains(module.ptr());
  }
  const ModuleClass& ClassOf(pybind11::handle module) const {
    return classes_.Of(module);
  }

  // Whether a class of the user's decides what train() does.
  bool HaveOwnTrain() const;
  // As root.train(training) where none does.
  void SetTraining(bool training) const;

 private:
  std::vector<pybind11::object> all_;
  absl::flat_hash_set<PyObject*> set_;
  mutable ModuleClasses classes_;
};

}  // namespace strata::python

#endif  // STRATA_PYTHON_EXTENSION_MODULES_H_
