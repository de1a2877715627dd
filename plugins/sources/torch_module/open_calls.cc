#include "plugins/sources/torch_module/open_calls.h"

namespace strata::torch_module {

using Step = AttributedStep;

void OpenCalls::EnterScope(int module, bool is_certain) {
  if (!scopes_.empty()) {
    // A call that was worked out ends where its module says that one begins.
    while (frames_.size() - 1 > base() &&
           (top().module == module || !index_.Contains(top().module, module))) {
      Pop();
    }
    if (top().module != module && index_.Contains(top().module, module)) {
      MoveTo(index_.parent(module), false, false);
    }
  }
  Push(module, true, is_certain);
  scopes_.push_back(frames_.size() - 1);
}

void OpenCalls::LeaveScope() {
  while (frames_.size() > base()) Pop();
  scopes_.pop_back();
}

void OpenCalls::LeaveFrom(size_t frame) {
  while (frames_.size() > frame) Pop();
}

void OpenCalls::LeaveAll() {
  while (!frames_.empty()) Pop();
  scopes_.clear();
}

void OpenCalls::MoveTo(int module, bool is_new, bool may_be_certain) {
  while (frames_.size() - 1 > base() &&
         !index_.Contains(top().module, module)) {
    Pop();
  }
  if (is_new && top().module == module && frames_.size() - 1 > base()) Pop();
  std::vector<int> path;
  for (int i = module; i != top().module; i = index_.parent(i)) {
    if (index_.IsCallable(i)) path.push_back(i);
  }
  for (size_t i = path.size(); i > 0; --i) {
    const int next = path[i - 1];
    const bool is_sequence = index_.IsSequence(next);
    const bool is_certain =
        top().is_certain && (is_sequence || (next == module && may_be_certain));
    Push(next, is_certain, is_sequence && is_certain);
  }
}

void OpenCalls::Push(int module, bool is_certain, bool children_certain) {
  const int caller = frames_.empty() ? -1 : top().call;
  if (!frames_.empty() && index_.IsSequence(top().module) &&
      index_.parent(module) == top().module) {
    PassThrough(top().module, top().last_child, module);
    top().last_child = module;
  }
  const int call = static_cast<int>(result_.calls.size());
  result_.calls.push_back({module, caller, is_certain, true, op_, op_});
  result_.steps.push_back({Step::Kind::kEnter, call});
  frames_.push_back({call, module, children_certain});
  begins_[module] = op_;
  ++open_[module];
}

void OpenCalls::Pop() {
  if (index_.IsSequence(top().module)) {
    PassThrough(top().module, top().last_child, -1);
  }
  AttributedCall& call = result_.calls[top().call];
  call.end = op_;
  call.is_open = false;
  result_.steps.push_back({Step::Kind::kLeave, top().call});
  --open_[top().module];
  frames_.pop_back();
}

void OpenCalls::PassThrough(int sequence, int after, int before) {
  int next = after < 0 ? sequence + 1 : index_.end(after);
  const int end = before < 0 ? index_.end(sequence) : before;
  for (; next < end; next = index_.end(next)) {
    if (!index_.is_type(next, "torch::nn::Identity")) continue;
    const int call = static_cast<int>(result_.calls.size());
    result_.calls.push_back(
        {next, top().call, top().is_certain, false, op_, op_});
    result_.steps.push_back({Step::Kind::kEnter, call});
    result_.steps.push_back({Step::Kind::kLeave, call});
  }
}

}  // namespace strata::torch_module
