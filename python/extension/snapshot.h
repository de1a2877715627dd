// Leaving a model as it was.

#ifndef STRATA_PYTHON_EXTENSION_SNAPSHOT_H_
#define STRATA_PYTHON_EXTENSION_SNAPSHOT_H_

#include <pybind11/pybind11.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "python/extension/modules.h"

namespace strata::python {

// The attributes of modules, and what is in those that are dicts (of
// parameters, of modules, of hooks): the same objects, in the same order. What
// tensors hold is not looked at.
class Snapshot {
 public:
  explicit Snapshot(const Modules& modules);

  // Once. Of what cannot be put back the first exception is raised, after all
  // else was.
  void PutBack();

 private:
  // Items [begin, end) of items_.
  struct Dict {
    pybind11::object dict;
    size_t begin, end;
  };
  struct Saved {
    pybind11::object module;
    pybind11::object type;
    // Of dicts_: its attributes, and those that are dicts.
    size_t dicts_begin, dicts_end;
  };
  // Compiled: it keeps what it has elsewhere, and a run changes its mode alone.
  struct SavedCompiled {
    pybind11::object module;
    pybind11::object training;
  };
  // An OrderedDict, or another class's dict, and a list of its items.
  struct Other {
    pybind11::object mapping;
    pybind11::list items;
  };

  void Save(pybind11::object mapping);
  void PutBack(const Saved& saved);
  void PutBack(const Dict& dict);
  static void PutBack(const Other& saved);

  std::vector<std::pair<pybind11::object, pybind11::object>> items_;
  std::vector<Saved> saved_;
  std::vector<Dict> dicts_;
  std::vector<SavedCompiled> compiled_;
  std::vector<Other> others_;
};

}  // namespace strata::python

#endif  // STRATA_PYTHON_EXTENSION_SNAPSHOT_H_
