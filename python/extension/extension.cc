// The Python module strata._core: what strata's Python code is made on. Its
// names and types stand in strata/_core.pyi.

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <exception>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "core/version.h"
#include "python/extension/alarm.h"
#include "python/extension/fast_shapes.h"
#include "python/extension/host.h"
#include "python/extension/modules.h"
#include "python/extension/recording.h"
#include "python/extension/replaced.h"
#include "python/extension/snapshot.h"
#include "python/extension/status_error.h"
#include "python/extension/tree_reader.h"
#include "python/extension/twins.h"
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

// For `with`, which calls these two in one step of Python's with what is before
// and after: no signal's handler comes between.
template <typename Class, typename Enter, typename Exit>
void BindWith(Class& bound, Enter enter, Exit exit) {
  using T = typename Class::type;
  bound.def("__enter__", [enter](py::object self) {
    enter(self.cast<T&>());
    return self;
  });
  bound.def("__exit__",
            [exit](T& self, const py::args& /*raised*/) { exit(self); });
}

// What is open from its making until it is closed, and not until Python's
// collector comes.
template <typename T>
class Holder {
 public:
  template <typename... Args>
  explicit Holder(Args&... args) : held_(std::make_unique<T>(args...)) {}
  void Close() {
    if (held_ == nullptr) return;
    // Closing may raise; what it holds goes then, too.
    const std::unique_ptr<T> closing = std::move(held_);
    if constexpr (std::is_same_v<T, Watching>) closing->Close();
  }

 private:
  std::unique_ptr<T> held_;
};

template <typename T>
void CloseHeld(Holder<T>& holder) {
  holder.Close();
}

void BindModules(py::module_& m) {
  py::class_<Modules>(m, "Modules")
      .def(py::init<py::object>())
      .def("have_own_train", &Modules::HaveOwnTrain)
      .def("set_training", &Modules::SetTraining);
  auto snapshot =
      py::class_<Snapshot>(m, "Snapshot").def(py::init<const Modules&>());
  BindWith(
      snapshot, [](Snapshot&) {}, [](Snapshot& held) { held.PutBack(); });
  py::register_exception<NoTwin>(m, "NoTwin");
  py::class_<Twins>(m, "Twins")
      .def(py::init<const std::string&>())
      .def("take_place", &Twins::TakePlace)
      .def("stand_in_for_written", &Twins::StandInForWritten);
  py::class_<ParameterVersions>(m, "ParameterVersions")
      .def(py::init<const Modules&>())
      .def("have_changed", &ParameterVersions::HaveChanged);
  py::class_<LiveTree, std::shared_ptr<LiveTree>>(m, "Tree")
      .def(py::init([](const Modules& modules, const Modules& before,
                       const Numbers& numbers, py::object tensors_of,
                       py::object names_in) {
        return ReadTree(modules, before, numbers,
                        {std::move(tensors_of), std::move(names_in)});
      }))
      .def_readonly("unregistered", &LiveTree::unregistered)
      .def_readonly("compiled", &LiveTree::compiled);
}

void BindRuns(py::module_& m) {
  py::class_<Recording, std::shared_ptr<Recording>>(m, "Recording");
  py::class_<Numbers>(m, "Numbers")
      .def(py::init<>())
      .def("module", [](const Numbers& numbers,
                        int number) { return numbers.modules().at(number); })
      .def("by_forward", &Numbers::ByForward);
  py::class_<CallVisitor>(m, "CallVisitor");
  py::class_<Watch, CallVisitor>(m, "Watch")
      .def(py::init<bool, bool, bool>(), py::arg("operators"),
           py::arg("memory"), py::arg("on_meta"))
      .def("begin", &Watch::Begin)
      .def("end", &Watch::End)
      .def_property_readonly("raised_in", &Watch::raised_in)
      .def_property_readonly("raised_given", &Watch::raised_given)
      .def_property_readonly("recording", &Watch::recording);
  py::class_<Clock, CallVisitor>(m, "Clock")
      .def(py::init<const std::string&>(), py::arg("device"))
      .def("begin", &Clock::Begin)
      .def("end", &Clock::End);
  auto watching = py::class_<Holder<Watching>>(m, "Watching")
                      .def(py::init<CallVisitor&, Numbers&, const Modules&>(),
                           py::keep_alive<1, 2>(), py::keep_alive<1, 3>());
  BindWith(
      watching, [](Holder<Watching>&) {}, &CloseHeld<Watching>);
  auto replaced =
      py::class_<Replaced>(m, "Replaced").def(py::init<const py::list&>());
  BindWith(
      replaced, [](Replaced& held) { held.Open(); },
      [](Replaced& held) { held.Close(); });
  auto alarm = py::class_<Alarm>(m, "Alarm")
                   .def(py::init<py::object>())
                   .def("ring", &Alarm::Ring);
  BindWith(
      alarm, [](Alarm& held) { held.On(); }, [](Alarm& held) { held.Off(); });
}

void BindHost(py::module_& m) {
  auto fast_shapes =
      py::class_<Holder<FastShapes>>(m, "FastShapes").def(py::init<>());
  BindWith(
      fast_shapes, [](Holder<FastShapes>&) {}, &CloseHeld<FastShapes>);
  py::class_<LiveRun>(m, "LiveRun")
      .def(py::init<>())
      .def_readwrite("tree", &LiveRun::tree)
      .def_readwrite("recording", &LiveRun::recording)
      .def_readwrite("error", &LiveRun::error)
      .def_readwrite("device", &LiveRun::device)
      .def_readwrite("warnings", &LiveRun::warnings);
  py::class_<Message>(m, "Message")
      .def(py::init<const std::string&>())
      .def("bytes", &Message::Bytes)
      .def(py::pickle([](const Message& message) { return message.Bytes(); },
                      [](const py::bytes& bytes) {
                        return std::make_unique<Message>(std::string(bytes));
                      }));
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
  strata::python::BindModules(m);
  strata::python::BindRuns(m);
  strata::python::BindHost(m);
}
