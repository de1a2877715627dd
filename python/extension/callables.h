// Objects that Python calls in place of a module's own.

#ifndef STRATA_PYTHON_EXTENSION_CALLABLES_H_
#define STRATA_PYTHON_EXTENSION_CALLABLES_H_

#include <pybind11/pybind11.h>

#include "python/extension/calls.h"

namespace strata::python {

// In place of nn.Module.__call__: tells the visitor, and calls `original`.
pybind11::object MakeWatchedCall(CallVisitor& visitor, Numbers& numbers,
                                 pybind11::object original);

// In place of a module's `forward`, a bound method: tells the visitor of calls
// that come past __call__. In all else it is as `original`, with its signature
// and attributes.
pybind11::object MakeWatchedForward(CallVisitor& visitor, Numbers& numbers,
                                    int number, pybind11::object original);

// From now on it only calls its original: who kept it may go on.
void StopWatching(pybind11::handle made);

}  // namespace strata::python

#endif  // STRATA_PYTHON_EXTENSION_CALLABLES_H_
