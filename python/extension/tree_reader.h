// The tree of a model's modules, read from Python.

#ifndef STRATA_PYTHON_EXTENSION_TREE_READER_H_
#define STRATA_PYTHON_EXTENSION_TREE_READER_H_

#include <pybind11/pybind11.h>

#include <string>
#include <utility>
#include <vector>

#include "core/module_tree.h"
#include "plugins/sources/libtorch/packed_parameters.h"
#include "python/extension/calls.h"
#include "python/extension/modules.h"

namespace strata::python {

// The modules, where those that ran stand among them, and what there is to say
// of some. It holds nothing that leads back to the model.
struct LiveTree {
  ModuleTree tree;
  std::vector<std::vector<int>> places;            // By number.
  std::vector<std::pair<int, std::string>> flags;  // Of layers, by place.
  std::vector<std::string> unregistered;           // Paths.
  std::vector<std::string> compiled;  // Paths of modules shown as a whole.
  libtorch::PackedParameters packed;  // Held: parameters are known by them.
};

// What is asked of Python, of few modules.
struct RareModules {
  // Of a compiled module: see ReadCompiled.
  pybind11::object tensors_of;
  // By which attributes a caller has modules that are not registered there.
  pybind11::object names_in;
};

// `modules`: all that are registered now, the root first; `before`: those that
// there were before the run; `numbers`: those that ran. Raises a StatusError
// where they stand at too many places.
LiveTree ReadTree(const Modules& modules, const Modules& before,
                  const Numbers& numbers, const RareModules& rare);

}  // namespace strata::python

#endif  // STRATA_PYTHON_EXTENSION_TREE_READER_H_
