#include "python/extension/visited.h"

#include <pybind11/stl.h>

#include <variant>

#include "absl/strings/str_cat.h"

namespace strata::python {
namespace {

namespace py = pybind11;

py::tuple ShapeTuple(const TensorSpec& spec) {
  py::tuple shape(spec.shape.size());
  for (size_t i = 0; i < spec.shape.size(); ++i) {
    shape[i] = py::int_(spec.shape[i]);
  }
  return shape;
}

}  // namespace

VisitedCall::VisitedCall(const ModuleTree& tree, const ModuleCall& call)
    : path(tree.modules[call.module].path),
      type(tree.modules[call.module].type),
      number(call.number),
      inputs(call.inputs.begin(), call.inputs.end()),
      outputs(call.outputs.begin(), call.outputs.end()) {}

VisitedOp::VisitedOp(const ModuleTree& tree, const OpCall& op)
    : name(op.name),
      overload(op.overload),
      path(tree.modules[op.module].path),
      type(tree.modules[op.module].type),
      nesting(op.nesting),
      arguments(op.arguments.begin(), op.arguments.end()),
      outputs(op.outputs.begin(), op.outputs.end()) {}

py::list VisitedModules(const ModuleTree& tree) {
  py::list modules;
  for (const Module& module : tree.modules) {
    py::dict parameters;
    for (const ParameterInfo& parameter : module.parameters) {
      parameters[py::str(parameter.name)] = parameter.tensor;
    }
    py::dict fields;
    fields["path"] = module.path;
    fields["type"] = module.type;
    fields["parent"] = module.parent < 0
                           ? py::object(py::none())
                           : py::str(tree.modules[module.parent].path);
    fields["parameters"] = parameters;
    modules.append(fields);
  }
  return modules;
}

py::object ArgumentObject(const OpArgument& argument) {
  return std::visit(
      [](const auto& value) -> py::object {
        using T = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<T, std::monostate>) {
          return py::none();
        } else if constexpr (std::is_same_v<T, NestedTensor>) {
          return py::cast(value.tensors);
        } else {
          return py::cast(value);
        }
      },
      argument);
}

void BindVisited(py::module_& m) {
  py::class_<TensorSpec>(m, "Tensor", "The shape and the dtype of a tensor.")
      .def_property_readonly("shape", &ShapeTuple)
      .def_property_readonly("dtype",
                             [](const TensorSpec& spec) {
                               return std::string(DTypeName(spec.dtype));
                             })
      .def("__repr__", [](const TensorSpec& spec) {
        return absl::StrCat("Tensor(", ShapeText(spec.shape), ", ",
                            DTypeName(spec.dtype), ")");
      });
  py::class_<VisitedCall>(m, "Call", "One call of a module.")
      .def_readonly("path", &VisitedCall::path)
      .def_readonly("type", &VisitedCall::type)
      .def_readonly("number", &VisitedCall::number)
      .def_readonly("inputs", &VisitedCall::inputs)
      .def_readonly("outputs", &VisitedCall::outputs);
  py::class_<VisitedOp>(m, "Op",
                        "One operator that ran: \"aten::conv2d\", in the "
                        "module at `path`.")
      .def_readonly("name", &VisitedOp::name)
      .def_readonly("overload", &VisitedOp::overload)
      .def_readonly("path", &VisitedOp::path)
      .def_readonly("type", &VisitedOp::type)
      .def_readonly("nesting", &VisitedOp::nesting)
      .def_readonly("outputs", &VisitedOp::outputs)
      .def_property_readonly("arguments", [](const VisitedOp& op) {
        py::list arguments;
        for (const OpArgument& argument : op.arguments) {
          arguments.append(ArgumentObject(argument));
        }
        return arguments;
      });
}

}  // namespace strata::python
