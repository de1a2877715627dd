// Kernels for meta tensors in C++, in place of PyTorch's in Python.

#ifndef STRATA_PYTHON_EXTENSION_FAST_SHAPES_H_
#define STRATA_PYTHON_EXTENSION_FAST_SHAPES_H_

#include <memory>

namespace strata::python {

// While one lives, the common operators on meta tensors are LibTorch's own
// kernels and Strata's rules: PyTorch, once imported, has kernels in Python for
// nearly all of them (torch/_meta_registrations.py), which take a hundred times
// as long and follow sizes that are symbols. They give the same shapes. Of the
// whole process, for that time; PyTorch's are back when it is gone.
class FastShapes {
 public:
  FastShapes();
  ~FastShapes();
  FastShapes(const FastShapes&) = delete;
  FastShapes& operator=(const FastShapes&) = delete;

 private:
  struct Registered;
  std::unique_ptr<Registered> registered_;
};

}  // namespace strata::python

#endif  // STRATA_PYTHON_EXTENSION_FAST_SHAPES_H_
