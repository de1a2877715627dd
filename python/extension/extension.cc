// The Python module strata._core: what strata's Python code is made on. Its
// names and types stand in strata/_core.pyi.

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <exception>
#include <memory>
#include <string>

#include "core/version.h"
#include "python/extension/fast_shapes.h"
#include "python/extension/host.h"
#include "python/extension/recording.h"
#include "python/extension/values.h"
#include "python/extension/visited.h"
#include "python/extension/watch.h"

namespace py = pybind11;

namespace strata::python {
namespace {

// strata.Error, a RuntimeError. Never destroyed.
py::object* error_class = nullptr;

void RaiseStatusError(std::exception_ptr pointer) {
  try {
    if (pointer) std::rethrow_exception(pointer);
  } catch (const StatusError& e) {
    PyErr_SetString(error_class->ptr(), e.what());
  }
}

void BindErrors(py::module_& m) {
  error_class = new py::object(
      py::reinterpret_steal<py::object>(PyErr_NewExceptionWithDoc(
          "strata.Error",
          "What could not be summarized: the file or module, what was "
          "expected and what was found.",
          PyExc_RuntimeError, nullptr)));
  m.attr("Error") = *error_class;
  py::register_exception_translator(RaiseStatusError);
}

template <typename Watcher>
bool TakesForward(Watcher& watcher, int module) {
  return watcher.open().TakesForward(module);
}

template <typename Watcher>
int Running(Watcher& watcher) {
  return watcher.open().running();
}

void BindRuns(py::module_& m) {
  py::class_<Recording, std::shared_ptr<Recording>>(m, "Recording");
  py::class_<Watch>(m, "Watch")
      .def(py::init<bool, bool, bool>(), py::arg("operators"),
           py::arg("memory"), py::arg("on_meta"))
      .def("begin", &Watch::Begin)
      .def("end", &Watch::End)
      .def("enter", &Watch::Enter)
      .def("leave", &Watch::Leave)
      .def("leave_raised", &Watch::LeaveRaised)
      .def("belongs_to_call", TakesForward<Watch>)
      .def_property_readonly("running", Running<Watch>)
      .def_property_readonly("raised_in", &Watch::raised_in)
      .def_property_readonly("raised_given", &Watch::raised_given)
      .def_property_readonly("recording", &Watch::recording);
  py::class_<Clock>(m, "Clock")
      .def(py::init<const std::string&>(), py::arg("device"))
      .def("begin", &Clock::Begin)
      .def("end", &Clock::End)
      .def("enter", &Clock::Enter)
      .def("leave", &Clock::Leave)
      .def("leave_raised", &Clock::LeaveRaised)
      .def("belongs_to_call", TakesForward<Clock>)
      .def_property_readonly("running", Running<Clock>);
}

// Open while shapes are propagated; closed by `close`, not by Python's
// collector.
class FastShapesHolder {
 public:
  FastShapesHolder() : shapes_(std::make_unique<FastShapes>()) {}
  void Close() { shapes_.reset(); }

 private:
  std::unique_ptr<FastShapes> shapes_;
};

void BindHost(py::module_& m) {
  py::class_<FastShapesHolder>(m, "FastShapes")
      .def(py::init<>())
      .def("close", &FastShapesHolder::Close);
  py::class_<LiveRun>(m, "LiveRun")
      .def(py::init<>())
      .def_readwrite("modules", &LiveRun::modules)
      .def_readwrite("numbers", &LiveRun::numbers)
      .def_readwrite("recording", &LiveRun::recording)
      .def_readwrite("error", &LiveRun::error)
      .def_readwrite("device", &LiveRun::device)
      .def_readwrite("flags", &LiveRun::flags)
      .def_readwrite("warnings", &LiveRun::warnings);
  py::class_<Host>(m, "Host")
      .def(py::init<const std::vector<std::string>&, bool>(),
           py::arg("folders"), py::arg("trust_all"))
      .def("plugins", &Host::Plugins)
      .def("summarize_live", &Host::SummarizeLive)
      .def("summarize_file", &Host::SummarizeFile)
      .def("format", &Host::Format);
}

}  // namespace
}  // namespace strata::python

PYBIND11_MODULE(_core, m) {
  m.doc() = "Strata's kernel, for Python.";
  m.attr("version") = STRATA_VERSION;
  m.attr("torch_version") = STRATA_LIBTORCH_VERSION;
  strata::python::BindErrors(m);
  strata::python::BindVisited(m);
  strata::python::BindRuns(m);
  strata::python::BindHost(m);
}
