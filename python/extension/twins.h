// Tensors that stand in for a model's own for one run.

#ifndef STRATA_PYTHON_EXTENSION_TWINS_H_
#define STRATA_PYTHON_EXTENSION_TWINS_H_

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>
#include <pybind11/pybind11.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "python/extension/modules.h"

namespace strata::python {

// Becomes a strata._core.NoTwin: "a sparse tensor", as what has no stand-in.
class NoTwin : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A parameter or buffer that a lazy module has not made yet.
bool IsLazy(pybind11::handle tensor);

// Of the tensors of one model, on another device or on its own; each has one,
// however often it is held, and those of one storage have one storage.
class Twins {
 public:
  explicit Twins(const std::string& device);

  // Puts tensors of the same shapes on the device into the modules; a Snapshot
  // puts the model's own back. Raises NoTwin.
  void TakePlace(const Modules& modules);

  // Puts copies in the place of what a run on the model's own device may write
  // to: buffers, and parameters that a lazy module has not made yet.
  void StandInForWritten(const Modules& modules);

 private:
  pybind11::object Of(pybind11::handle tensor);
  pybind11::object Make(pybind11::handle tensor);
  pybind11::object MakeLazy(pybind11::handle tensor);
  at::Tensor ShapeOf(const at::Tensor& tensor);
  // The value with twins for the tensors that it is, or is a list or dict of;
  // the value itself where it holds none.
  pybind11::object Inside(PyObject* value);
  pybind11::object OrItself(PyObject* value);
  pybind11::object CopyOf(PyObject* buffer);

  const c10::Device device_;
  absl::flat_hash_map<PyObject*, pybind11::object> twins_;
  absl::flat_hash_map<PyObject*, pybind11::object> copies_;
  std::vector<pybind11::object> held_;  // So that an address stays its own.
  absl::flat_hash_map<const void*, at::Tensor> storages_;
};

// The parameters of modules, and whether something wrote to them since.
class ParameterVersions {
 public:
  explicit ParameterVersions(const Modules& modules);
  bool HaveChanged() const;

 private:
  struct Version {
    pybind11::object tensor;
    int64_t version;
  };
  std::vector<Version> versions_;
};

}  // namespace strata::python

#endif  // STRATA_PYTHON_EXTENSION_TWINS_H_
