// Which modules run, while a model runs.

#ifndef STRATA_PYTHON_EXTENSION_CALLS_H_
#define STRATA_PYTHON_EXTENSION_CALLS_H_

#include <pybind11/pybind11.h>

#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "python/extension/modules.h"

namespace strata::python {

// The modules whose `__call__`, or else whose `forward`, is running.
class OpenCalls {
 public:
  void Push(int module) { calls_.push_back({module, false}); }
  void Pop() { calls_.pop_back(); }
  void Clear() { calls_.clear(); }

  // The innermost module; -1: none.
  int running() const { return calls_.empty() ? -1 : calls_.back().module; }

  // `forward` of this module begins: true where that belongs to the innermost
  // call, whose `__call__` has not come to it yet.
  bool TakesForward(int module);

 private:
  struct Call {
    int module;
    bool has_begun_forward;
  };
  std::vector<Call> calls_;
};

// Is told of each call. May raise exceptions.
class CallVisitor {
 public:
  virtual ~CallVisitor() = default;

  // A call of the module begins, with these arguments, by position and by name.
  virtual void Enter(int module, absl::Span<PyObject* const> arguments) = 0;
  // The innermost call is over, and gave this back; or it raised.
  virtual void Leave(pybind11::handle output) = 0;
  virtual void LeaveRaised() = 0;

  OpenCalls& open() { return open_; }

 protected:
  OpenCalls open_;
};

// The modules that have been seen, numbered as they came, and held until then.
class Numbers {
 public:
  // Its number; a new one where it has none. `caller`: the number of the module
  // that called it while the model ran, or -1.
  int Of(pybind11::handle module, int caller);
  // -1: it has none.
  int Known(pybind11::handle module) const;

  const std::vector<pybind11::object>& modules() const { return modules_; }
  int CallerOf(int number) const { return callers_[number]; }

  // Whose `forward` was called by itself.
  void AddByForward(int number) { is_by_forward_[number] = true; }
  std::vector<int> ByForward() const;

 private:
  std::vector<pybind11::object> modules_;
  std::vector<int> callers_;
  std::vector<bool> is_by_forward_;
  absl::flat_hash_map<PyObject*, int> by_address_;
};

// While it is open, calls of modules on this thread are told to `visitor`: each
// of nn.Module.__call__, and each of a `forward` past it. `modules` are the
// model's own; what is called and not among them is numbered as it comes.
class Watching {
 public:
  // `visitor` and `numbers` must outlive it. Python's limit of recursion is
  // doubled meanwhile: a watched call is more of Python's than another.
  Watching(CallVisitor& visitor, Numbers& numbers, const Modules& modules);
  ~Watching();
  Watching(const Watching&) = delete;
  Watching& operator=(const Watching&) = delete;

  // Puts back what modules had. Once.
  void Close();

 private:
  struct Watched {
    pybind11::dict members;
    pybind11::object own;  // Its own attribute `forward`; null: it had none.
    pybind11::object put;
  };
  pybind11::object call_;  // What nn.Module's own dict had.
  pybind11::object put_call_;
  int recursion_limit_ = 0;
  std::vector<Watched> watched_;
  bool is_open_ = true;
};

}  // namespace strata::python

#endif  // STRATA_PYTHON_EXTENSION_CALLS_H_
