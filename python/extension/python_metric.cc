#include "python/extension/python_metric.h"

#include <stdexcept>
#include <utility>

#include "absl/strings/str_cat.h"
#include "python/extension/visited.h"

namespace strata::python {
namespace {

namespace py = pybind11;

// What goes through the kernel is a C++ exception with Python's words.
template <typename Call>
py::object Called(const Call& call) {
  try {
    return call();
  } catch (const py::error_already_set& e) {
    if (!e.matches(PyExc_Exception)) throw;  // Ctrl-C.
    throw std::runtime_error(e.what());
  }
}

}  // namespace

PythonMetric::PythonMetric(py::object metric, MetricColumn column)
    : metric_(std::move(metric)),
      column_(std::move(column)),
      enter_(MethodNamed("enter_module")),
      leave_(MethodNamed("leave_module")),
      visit_(MethodNamed("visit_op")) {}

py::object PythonMetric::MethodNamed(const char* name) const {
  return py::getattr(metric_, name, py::none());
}

MetricNeeds PythonMetric::needs() const {
  if (!visit_.is_none()) return MetricNeeds::kOperators;
  if (!enter_.is_none() || !leave_.is_none()) return MetricNeeds::kModules;
  return MetricNeeds::kStructure;
}

void PythonMetric::BeginRun(const ModuleTree& tree, const RunInfo& run) {
  tree_ = &tree;
  self_ = py::list();
  for (int i = 0; i < tree.size(); ++i) self_.append(0);
  const py::object begin = MethodNamed("begin_run");
  if (begin.is_none()) return;
  Called([&] { return begin(VisitedModules(tree), run.device); });
}

void PythonMetric::EnterModule(const ModuleCall& call) {
  if (enter_.is_none()) return;
  AddTo(call.module,
        Called([&] { return enter_(py::cast(VisitedCall(*tree_, call))); }));
}

void PythonMetric::LeaveModule(const ModuleCall& call) {
  if (leave_.is_none()) return;
  AddTo(call.module,
        Called([&] { return leave_(py::cast(VisitedCall(*tree_, call))); }));
}

void PythonMetric::VisitOp(const OpCall& op) {
  if (visit_.is_none()) return;
  AddTo(op.module,
        Called([&] { return visit_(py::cast(VisitedOp(*tree_, op))); }));
}

void PythonMetric::AddTo(int module, const py::object& value) {
  if (value.is_none()) return;
  Called([&] {
    self_[module] = py::object(self_[module]) + value;
    return py::none();
  });
}

void PythonMetric::SetSelf(int module, const py::handle& value,
                           MetricResults& results) const {
  if (value.is_none()) return;  // Not known.
  if (column_.is_real) {
    results.SetRealSelf(0, module, value.cast<double>());
    return;
  }
  // A bool or an integer of NumPy is one, too; a float is not.
  PyObject* const index = PyNumber_Index(value.ptr());
  if (index == nullptr) throw py::error_already_set();
  results.SetSelf(0, module,
                  py::reinterpret_steal<py::object>(index).cast<int64_t>());
}

absl::Status PythonMetric::Collect(const ModuleTree& tree,
                                   MetricResults& results) {
  const py::object collect = MethodNamed("collect");
  py::object figures = self_;
  if (!collect.is_none()) {
    figures = Called([&] { return collect(VisitedModules(tree)); });
  }
  try {
    if (py::isinstance<py::dict>(figures)) {
      for (const auto& [path, value] : figures.cast<py::dict>()) {
        const auto wanted = path.cast<std::string>();
        bool found = false;
        for (int i = 0; i < tree.size(); ++i) {
          if (tree.modules[i].path != wanted) continue;
          SetSelf(i, value, results);
          found = true;
        }
        if (!found) {
          return absl::InvalidArgumentError(
              absl::StrCat("it gave a figure for '", wanted,
                           "', and the model has no such module"));
        }
      }
      return absl::OkStatus();
    }
    const auto list = figures.cast<py::list>();
    for (size_t i = 0; i < list.size(); ++i) {
      SetSelf(static_cast<int>(i), list[i], results);
    }
    return absl::OkStatus();
  } catch (const py::error_already_set& e) {
    if (!e.matches(PyExc_Exception)) throw;
    return absl::InvalidArgumentError(absl::StrCat(
        "its figures are to be a dict of numbers by the module's path: ",
        e.what()));
  } catch (const py::cast_error& e) {
    return absl::InvalidArgumentError(absl::StrCat(
        "its figures are to be a dict of numbers by the module's path: ",
        e.what()));
  }
}

}  // namespace strata::python
