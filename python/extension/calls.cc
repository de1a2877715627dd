#include "python/extension/calls.h"

#include "python/extension/callables.h"

namespace strata::python {
namespace {

namespace py = pybind11;

py::object ModuleClassObject() {
  return py::module_::import("torch.nn").attr("Module");
}

}  // namespace

bool OpenCalls::TakesForward(int module) {
  if (running() != module) return false;
  return !std::exchange(calls_.back().has_begun_forward, true);
}

int Numbers::Of(py::handle module, int caller) {
  const auto [found, is_new] =
      by_address_.try_emplace(module.ptr(), static_cast<int>(modules_.size()));
  if (is_new) {
    modules_.push_back(py::reinterpret_borrow<py::object>(module));
    callers_.push_back(caller);
    is_by_forward_.push_back(false);
  }
  return found->second;
}

int Numbers::Known(py::handle module) const {
  const auto found = by_address_.find(module.ptr());
  return found == by_address_.end() ? -1 : found->second;
}

std::vector<int> Numbers::ByForward() const {
  std::vector<int> numbers;
  for (size_t i = 0; i < is_by_forward_.size(); ++i) {
    if (is_by_forward_[i]) numbers.push_back(static_cast<int>(i));
  }
  return numbers;
}

Watching::Watching(CallVisitor& visitor, Numbers& numbers,
                   const Modules& modules) {
  const py::object type = ModuleClassObject();
  PyObject* const forward = Names().forward;
  watched_.reserve(modules.all().size());
  try {
    for (const py::object& module : modules.all()) {
      // Compiled: it has no attribute to put there.
      if (modules.ClassOf(module).is_compiled) continue;
      Watched watched{MembersOf(module), {}, {}};
      PyObject* const own =
          PyDict_GetItemWithError(watched.members.ptr(), forward);
      if (own != nullptr) watched.own = py::reinterpret_borrow<py::object>(own);
      const py::object original = py::getattr(module, forward);
      watched.put = MakeWatchedForward(visitor, numbers, numbers.Of(module, -1),
                                       original);
      PyDict_SetItem(watched.members.ptr(), forward, watched.put.ptr());
      watched_.push_back(std::move(watched));
    }
    // As it is called; and as it is kept, where it is a descriptor.
    put_call_ = MakeWatchedCall(visitor, numbers, type.attr("__call__"));
    const py::object own = type.attr("__dict__")["__call__"];
    py::setattr(type, "__call__", put_call_);
    call_ = own;
    recursion_limit_ = Py_GetRecursionLimit();
    Py_SetRecursionLimit(2 * recursion_limit_);
  } catch (...) {
    Close();
    throw;
  }
}

Watching::~Watching() {
  if (is_open_) Close();
}

void Watching::Close() {
  is_open_ = false;
  if (call_) {
    py::setattr(ModuleClassObject(), "__call__", call_);
    StopWatching(put_call_);
    Py_SetRecursionLimit(recursion_limit_);
  }
  PyObject* const forward = Names().forward;
  for (Watched& watched : watched_) {
    PyObject* const members = watched.members.ptr();
    StopWatching(watched.put);
    if (watched.own) {
      PyDict_SetItem(members, forward, watched.own.ptr());
    } else if (PyDict_Contains(members, forward) == 1) {
      PyDict_DelItem(members, forward);
    }
  }
  watched_.clear();
}

}  // namespace strata::python
