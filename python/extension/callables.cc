#include "python/extension/callables.h"

#include <structmember.h>

#include <cstddef>
#include <exception>
#include <utility>
#include <vector>

namespace strata::python {
namespace {

namespace py = pybind11;

// Both kinds. Python calls them by `vectorcall`: no tuple and no dict is made.
struct Callable {
  PyObject_HEAD;
  vectorcallfunc vectorcall;
  PyObject* original;
  CallVisitor* visitor;  // Null: it is watched no more.
  Numbers* numbers;
  int number;  // Of a `forward`'s module.
  unsigned long thread;
};

Callable* From(PyObject* object) { return reinterpret_cast<Callable*>(object); }

bool IsWatched(const Callable* call) {
  return call->visitor != nullptr &&
         call->thread == PyThread_get_thread_ident();
}

// Raises in Python what was raised in C++.
void SetError(const std::exception_ptr& raised) {
  try {
    std::rethrow_exception(raised);
  } catch (py::error_already_set& e) {
    e.restore();
  } catch (const std::exception& e) {
    PyErr_SetString(PyExc_RuntimeError, e.what());
  }
}

// The call is told, and made; false with an error set where C++ raised.
template <typename Function>
bool Guarded(Function function) {
  try {
    function();
    return true;
  } catch (...) {
    SetError(std::current_exception());
    return false;
  }
}

void LeaveRaised(CallVisitor& visitor) {
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  if (!Guarded([&] { visitor.LeaveRaised(); })) PyErr_Clear();
  PyErr_Restore(type, value, traceback);
}

PyObject* CallOriginal(const Callable* call, PyObject* const* args,
                       size_t nargsf, PyObject* names) {
  if (call->original == nullptr) {  // Python's collector took it apart.
    PyErr_SetString(PyExc_RuntimeError, "called after its module was freed");
    return nullptr;
  }
  return PyObject_Vectorcall(call->original, args, nargsf, names);
}

// Calls the original between `enter` and the visitor's leave.
template <typename Enter>
PyObject* Watched(Callable* call, PyObject* const* args, size_t nargsf,
                  PyObject* names, Enter enter) {
  // The visitor may be gone when the call is back: a run was given up.
  CallVisitor& visitor = *call->visitor;
  if (!Guarded([&] { enter(visitor); })) return nullptr;
  PyObject* const output = CallOriginal(call, args, nargsf, names);
  if (call->visitor == nullptr) return output;
  if (output == nullptr) {
    LeaveRaised(visitor);
    return nullptr;
  }
  if (Guarded([&] { visitor.Leave(output); })) return output;
  Py_DECREF(output);
  return nullptr;
}

size_t CountOf(size_t nargsf, PyObject* names) {
  return PyVectorcall_NARGS(nargsf) +
         (names == nullptr ? 0 : PyTuple_GET_SIZE(names));
}

PyObject* CallModule(PyObject* self, PyObject* const* args, size_t nargsf,
                     PyObject* names) {
  Callable* const call = From(self);
  const size_t count = CountOf(nargsf, names);
  if (!IsWatched(call) || PyVectorcall_NARGS(nargsf) == 0) {
    return CallOriginal(call, args, nargsf, names);
  }
  return Watched(call, args, nargsf, names, [&](CallVisitor& visitor) {
    const int number = call->numbers->Of(args[0], visitor.open().running());
    visitor.Enter(number, absl::MakeConstSpan(args + 1, count - 1));
  });
}

PyObject* CallForward(PyObject* self, PyObject* const* args, size_t nargsf,
                      PyObject* names) {
  Callable* const call = From(self);
  if (!IsWatched(call) || call->visitor->open().TakesForward(call->number)) {
    return CallOriginal(call, args, nargsf, names);
  }
  // Past __call__, and so past the module's hooks.
  return Watched(call, args, nargsf, names, [&](CallVisitor& visitor) {
    call->numbers->AddByForward(call->number);
    visitor.Enter(call->number,
                  absl::MakeConstSpan(args, CountOf(nargsf, names)));
    visitor.open().TakesForward(call->number);
  });
}

int Traverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(From(self)->original);
  return 0;
}

int Clear(PyObject* self) {
  Py_CLEAR(From(self)->original);
  return 0;
}

void Deallocate(PyObject* self) {
  PyTypeObject* const type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  Clear(self);
  type->tp_free(self);
  Py_DECREF(type);
}

// Of a function of a class: `module.__call__` is bound to the module.
PyObject* Bind(PyObject* self, PyObject* object, PyObject* /*type*/) {
  if (object == nullptr) {
    Py_INCREF(self);
    return self;
  }
  return PyMethod_New(self, object);
}

// What it has not itself, the original has.
PyObject* Attribute(PyObject* self, PyObject* name) {
  PyObject* const own = PyObject_GenericGetAttr(self, name);
  if (own != nullptr || PyErr_ExceptionMatches(PyExc_AttributeError) == 0) {
    return own;
  }
  if (From(self)->original == nullptr) return nullptr;
  PyErr_Clear();
  return PyObject_GetAttr(From(self)->original, name);
}

PyObject* CopyModule() { return PyImport_ImportModule("copy"); }

// A copy of it, and of the module whose it is, is a copy of the original: what
// forward copies is watched no more.
PyObject* DeepCopy(PyObject* self, PyObject* memo) {
  const auto copy = py::reinterpret_steal<py::object>(CopyModule());
  if (!copy) return nullptr;
  return PyObject_CallMethod(copy.ptr(), "deepcopy", "OO", From(self)->original,
                             memo);
}

PyObject* Copy(PyObject* self, PyObject* /*none*/) {
  PyObject* const original = From(self)->original;
  Py_INCREF(original);
  return original;
}

// Pickled as copy.copy(original): that has to be there when it is read.
PyObject* Reduce(PyObject* self, PyObject* /*protocol*/) {
  const auto copy = py::reinterpret_steal<py::object>(CopyModule());
  if (!copy) return nullptr;
  PyObject* const function = PyObject_GetAttrString(copy.ptr(), "copy");
  if (function == nullptr) return nullptr;
  return Py_BuildValue("N(O)", function, From(self)->original);
}

PyMemberDef members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Callable, vectorcall),
     READONLY, nullptr},
    {"__wrapped__", T_OBJECT, offsetof(Callable, original), READONLY, nullptr},
    {nullptr, 0, 0, 0, nullptr},
};

PyMethodDef methods[] = {
    {"__deepcopy__", DeepCopy, METH_O, nullptr},
    {"__copy__", Copy, METH_NOARGS, nullptr},
    {"__reduce_ex__", Reduce, METH_O, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

template <typename T>
void* Slot(T function) {
  return reinterpret_cast<void*>(function);
}

// Never destroyed.
PyTypeObject* MakeType(const char* name, bool is_of_a_class) {
  std::vector<PyType_Slot> slots = {{Py_tp_call, Slot(PyVectorcall_Call)},
                                    {Py_tp_traverse, Slot(Traverse)},
                                    {Py_tp_clear, Slot(Clear)},
                                    {Py_tp_dealloc, Slot(Deallocate)},
                                    {Py_tp_getattro, Slot(Attribute)},
                                    {Py_tp_methods, methods},
                                    {Py_tp_members, members}};
  if (is_of_a_class) slots.push_back({Py_tp_descr_get, Slot(Bind)});
  slots.push_back({0, nullptr});
  // Python makes none itself: it would have no original.
  unsigned int flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC |
                       Py_TPFLAGS_HAVE_VECTORCALL |
                       Py_TPFLAGS_DISALLOW_INSTANTIATION;
  if (is_of_a_class) flags |= Py_TPFLAGS_METHOD_DESCRIPTOR;
  PyType_Spec spec = {name, sizeof(Callable), 0, flags, slots.data()};
  PyObject* const type = PyType_FromSpec(&spec);
  if (type == nullptr) throw py::error_already_set();
  return reinterpret_cast<PyTypeObject*>(type);
}

py::object Make(PyTypeObject* type, vectorcallfunc vectorcall,
                CallVisitor& visitor, Numbers& numbers, int number,
                py::object original) {
  PyObject* const made = type->tp_alloc(type, 0);
  if (made == nullptr) throw py::error_already_set();
  Callable* const call = From(made);
  call->vectorcall = vectorcall;
  call->original = original.release().ptr();
  call->visitor = &visitor;
  call->numbers = &numbers;
  call->number = number;
  call->thread = PyThread_get_thread_ident();
  return py::reinterpret_steal<py::object>(made);
}

}  // namespace

py::object MakeWatchedCall(CallVisitor& visitor, Numbers& numbers,
                           py::object original) {
  static PyTypeObject* const type = MakeType("strata._core.WatchedCall", true);
  return Make(type, CallModule, visitor, numbers, -1, std::move(original));
}

py::object MakeWatchedForward(CallVisitor& visitor, Numbers& numbers,
                              int number, py::object original) {
  static PyTypeObject* const type =
      MakeType("strata._core.WatchedForward", false);
  return Make(type, CallForward, visitor, numbers, number, std::move(original));
}

void StopWatching(py::handle made) { From(made.ptr())->visitor = nullptr; }

}  // namespace strata::python
