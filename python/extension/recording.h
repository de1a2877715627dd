// A run that is told later than it happened.

#ifndef STRATA_PYTHON_EXTENSION_RECORDING_H_
#define STRATA_PYTHON_EXTENSION_RECORDING_H_

#include <string>
#include <vector>

#include "absl/container/node_hash_set.h"
#include "core/module_visitor.h"

namespace strata::python {

// Where a module that stands at `places` of the tree is meant, when it is
// called while `running` is (-1: nothing runs): below that, else at the first;
// one without a place is `running`.
int PlaceBelow(const ModuleTree& tree, const std::vector<int>& places,
               int running);

// The places of that module; none where it came after the tree was read: a
// forward may make modules in each run.
const std::vector<int>& PlacesOf(int number,
                                 const std::vector<std::vector<int>>& places);

// Keeps what a RunWatch tells: which modules there are is known only when the
// run is over (forward may add some). Modules are numbered as they come.
class Recording : public ModuleVisitor {
 public:
  void EnterModule(const ModuleCall& call) override;
  void LeaveModule(const ModuleCall& call) override;
  void VisitOp(const OpCall& op) override;
  void VisitMemory(const MemoryEvent& event) override;

  // Tells `visitor` all of it. `places`, by number: where that module stands in
  // `tree`. Of one that has no place, or came after the tree was read, the
  // calls are told as its caller's own code.
  void Replay(const ModuleTree& tree,
              const std::vector<std::vector<int>>& places,
              ModuleVisitor& visitor) const;

 private:
  enum class What : uint8_t { kEnter, kLeave, kOperator, kMemory };
  struct Event {
    What what;
    int index;  // Of the list of its kind.
  };
  struct Call {
    int module;
    std::vector<TensorSpec> tensors;  // Taken in, or given back.
  };
  struct Op {
    const std::string* name;
    const std::string* overload;
    int nesting;
    std::vector<OpArgument> arguments;
    std::vector<TensorSpec> outputs;
  };

  template <typename T>
  void Add(What what, std::vector<T>& list, T value) {
    events_.push_back({what, static_cast<int>(list.size())});
    list.push_back(std::move(value));
  }
  const std::string* Kept(absl::string_view text) {
    return &*names_.emplace(text).first;
  }

  std::vector<Event> events_;
  std::vector<Call> calls_;
  std::vector<Op> ops_;
  std::vector<MemoryEvent> memory_;
  absl::node_hash_set<std::string> names_;
};

}  // namespace strata::python

#endif  // STRATA_PYTHON_EXTENSION_RECORDING_H_
