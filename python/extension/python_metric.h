// A metric that is written in Python.

#ifndef STRATA_PYTHON_EXTENSION_PYTHON_METRIC_H_
#define STRATA_PYTHON_EXTENSION_PYTHON_METRIC_H_

#include <pybind11/pybind11.h>

#include <string>
#include <vector>

#include "core/metric.h"

namespace strata::python {

// Calls the methods that an object has of `begin_run`, `enter_module`,
// `visit_op`, `leave_module` and `collect`. What the three in the middle return
// is added to the module's own figure; `collect` may give all figures instead.
// One that raises makes the metric a failed one, and not the summary.
class PythonMetric : public Metric {
 public:
  // `metric`: an object of a class that strata.metric made one.
  PythonMetric(pybind11::object metric, MetricColumn column);

  std::vector<MetricColumn> columns() const override { return {column_}; }
  MetricNeeds needs() const override;
  void BeginRun(const ModuleTree& tree, const RunInfo& run) override;
  void EnterModule(const ModuleCall& call) override;
  void LeaveModule(const ModuleCall& call) override;
  void VisitOp(const OpCall& op) override;
  absl::Status Collect(const ModuleTree& tree, MetricResults& results) override;

 private:
  pybind11::object MethodNamed(const char* name) const;
  void AddTo(int module, const pybind11::object& value);
  void SetSelf(int module, const pybind11::handle& value,
               MetricResults& results) const;

  const pybind11::object metric_;
  const MetricColumn column_;
  pybind11::object enter_, leave_, visit_;  // None where there is none.
  const ModuleTree* tree_ = nullptr;
  pybind11::list self_;  // By module: a number.
};

}  // namespace strata::python

#endif  // STRATA_PYTHON_EXTENSION_PYTHON_METRIC_H_
