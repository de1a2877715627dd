// What a metric in Python is shown.

#ifndef STRATA_PYTHON_EXTENSION_VISITED_H_
#define STRATA_PYTHON_EXTENSION_VISITED_H_

#include <pybind11/pybind11.h>

#include <string>
#include <vector>

#include "core/module_visitor.h"

namespace strata::python {

// Copies: a metric may keep them.
struct VisitedCall {
  VisitedCall(const ModuleTree& tree, const ModuleCall& call);
  std::string path, type;
  int number = 0;
  std::vector<TensorSpec> inputs, outputs;
};

struct VisitedOp {
  VisitedOp(const ModuleTree& tree, const OpCall& op);
  std::string name, overload, path, type;
  int nesting = 0;
  std::vector<OpArgument> arguments;
  std::vector<TensorSpec> outputs;
};

// A list of dicts: path, type, parent's path, parameters.
pybind11::list VisitedModules(const ModuleTree& tree);

// None, a Tensor, a list of such, a number, a text.
pybind11::object ArgumentObject(const OpArgument& argument);

// The classes Tensor, Call and Op.
void BindVisited(pybind11::module_& m);

}  // namespace strata::python

#endif  // STRATA_PYTHON_EXTENSION_VISITED_H_
