// Attributes of the process that have other values for a time.

#ifndef STRATA_PYTHON_EXTENSION_REPLACED_H_
#define STRATA_PYTHON_EXTENSION_REPLACED_H_

#include <pybind11/pybind11.h>

#include <vector>

namespace strata::python {

// From Open to Close. Each is one step for Python: no signal and no other
// thread comes between.
class Replaced {
 public:
  // Tuples of an object, an attribute's name and its value for that time.
  explicit Replaced(const pybind11::list& attributes);
  ~Replaced();
  Replaced(const Replaced&) = delete;
  Replaced& operator=(const Replaced&) = delete;

  void Open();
  // Puts back what they had. Raises no exception.
  void Close();

 private:
  struct Attribute {
    pybind11::object object, name, value, before;
  };
  std::vector<Attribute> attributes_;
};

}  // namespace strata::python

#endif  // STRATA_PYTHON_EXTENSION_REPLACED_H_
