// What a run told, kept until it is known to which modules it belongs.

#ifndef STRATA_PLUGINS_SOURCES_TORCH_MODULE_RECORDING_H_
#define STRATA_PLUGINS_SOURCES_TORCH_MODULE_RECORDING_H_

#include <string>
#include <vector>

#include "core/module_visitor.h"

namespace strata::torch_module {

// OpCall, with all of its own.
struct RecordedOperator {
  std::string name;
  std::string overload;
  int nesting = 0;
  std::vector<OpArgument> arguments;
  std::vector<TensorSpec> outputs;
};

struct RecordedEvent {
  enum class Kind { kOperator, kMemory, kEnterScope, kLeaveScope };
  Kind kind;
  // In `operators`, in `memory`, or of the module whose scope begins.
  int index = -1;
};

// In the order in which it happened. No tensor is kept alive.
struct Recording {
  std::vector<RecordedOperator> operators;
  std::vector<MemoryEvent> memory;
  std::vector<RecordedEvent> events;
  // How many there were when forward had returned; -1: it has not. What follows
  // is of memory alone.
  int returned = -1;
};

// Writes what it is told into a recording.
class Recorder : public ModuleVisitor {
 public:
  // `recording` must outlive it.
  explicit Recorder(Recording& recording) : recording_(recording) {}

  void VisitOp(const OpCall& op) override;
  void VisitMemory(const MemoryEvent& event) override;

  // Modules that say themselves when they run; -1 for one that is not known.
  // `is_raised`: an exception ends the scope.
  void EnterScope(int module);
  void LeaveScope(bool is_raised);

  // Forward has raised: takes back that scopes ended on the exception's way.
  void TakeBackRaised();

 private:
  Recording& recording_;
  int raised_ = 0;  // The last events, scopes that an exception ended.
  std::vector<bool> is_known_;  // Of the open scopes.
};

// The outermost operators of a recording, in order.
std::vector<const RecordedOperator*> OutermostOperators(
    const Recording& recording);

// The tensors among an operator's arguments, also those in lists, in order.
std::vector<const TensorSpec*> TensorsIn(
    const std::vector<OpArgument>& arguments);

}  // namespace strata::torch_module

#endif  // STRATA_PLUGINS_SOURCES_TORCH_MODULE_RECORDING_H_
