// A module's attributes as text.

#ifndef STRATA_PYTHON_EXTENSION_ATTRIBUTES_H_
#define STRATA_PYTHON_EXTENSION_ATTRIBUTES_H_

#include <pybind11/pybind11.h>

#include <string>
#include <utility>
#include <vector>

namespace strata::python {

// The plain constants among a module's attributes, as PyTorch prints them:
// {"kernel_size", "[3, 3]"}. Not its mode, nor what is hidden or long.
std::vector<std::pair<std::string, std::string>> AttributesOf(
    const pybind11::dict& members);

}  // namespace strata::python

#endif  // STRATA_PYTHON_EXTENSION_ATTRIBUTES_H_
