// The calls that are running, while operators are attributed one by one.

#ifndef STRATA_PLUGINS_SOURCES_TORCH_MODULE_OPEN_CALLS_H_
#define STRATA_PLUGINS_SOURCES_TORCH_MODULE_OPEN_CALLS_H_

#include <string>
#include <vector>

#include "plugins/sources/torch_module/attribution.h"
#include "plugins/sources/torch_module/module_index.h"

namespace strata::torch_module {

// A stack of calls on which modules are entered and left as operators want it.
// Calls below a scope that is open are never left by it.
class OpenCalls {
 public:
  struct Frame {
    int call;    // In Attribution::calls.
    int module;  // Of that call.
    // Where its children can be told from the code around them.
    bool is_certain;
    // Which operator with a parameter came first, and of whom: where that comes
    // again, it is the next call.
    int first_owner = -1;
    std::string first_operator = "";
    uint64_t first_storage = 0;
    bool has_other_owners = false;
    int last_owned = -1;   // The last operator with a parameter of its own.
    bool is_done = false;  // Of attention: the last projection was used.
    int last_child = -1;   // Of a Sequential: which it called last.
  };

  // Writes calls and steps to `result`. All must outlive it.
  OpenCalls(const ModuleIndex& index, Attribution& result)
      : index_(index),
        result_(result),
        begins_(index.size(), -1),
        open_(index.size(), 0) {}

  Frame& top() { return frames_.back(); }
  const Frame& top() const { return frames_.back(); }
  std::vector<Frame>& frames() { return frames_; }
  // Where the innermost scope's own frame is.
  size_t base() const { return scopes_.back(); }
  int scope() const { return frames_[base()].module; }

  // The operator that comes next.
  void SetOperator(int op) { op_ = op; }

  // A module's forward begins, as it said itself, or ends.
  void EnterScope(int module, bool is_certain);
  void LeaveScope();

  // Leaves and enters calls until the top is one of `module`, or, where that
  // has no forward, of what is around it. With `is_new` a call of `module` that
  // is the top is left, too. The new call of `module` is certain where its
  // caller is, and `may_be_certain`.
  void MoveTo(int module, bool is_new, bool may_be_certain);
  // Leaves all above this frame, and itself.
  void LeaveFrom(size_t frame);
  // Leaves all that are open.
  void LeaveAll();

  // The operator at which the last call of a module began; -1: none has.
  int begin(int module) const { return begins_[module]; }
  bool IsOpen(int module) const { return open_[module] > 0; }

 private:
  void Push(int module, bool is_certain, bool children_certain);
  void Pop();
  // Layers of a Sequential that call nothing, between its child `after` and
  // `before` (-1: its start, its end), were called, too.
  void PassThrough(int sequence, int after, int before);

  const ModuleIndex& index_;
  Attribution& result_;
  std::vector<Frame> frames_;
  std::vector<size_t> scopes_;
  std::vector<int> begins_;  // By module.
  std::vector<int> open_;    // How often each module is on the stack.
  int op_ = 0;
};

}  // namespace strata::torch_module

#endif  // STRATA_PLUGINS_SOURCES_TORCH_MODULE_OPEN_CALLS_H_
