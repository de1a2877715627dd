#include "plugins/sources/torch_module/attribution.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "plugins/sources/torch_module/free_operators.h"
#include "plugins/sources/torch_module/items.h"
#include "plugins/sources/torch_module/open_calls.h"

namespace strata::torch_module {
namespace {

using Kind = RecordedEvent::Kind;
using Step = AttributedStep;

class Attributor {
 public:
  Attributor(const ModuleTree& tree, const ModuleIndex& index,
             const Recording& recording, const Values& values)
      : tree_(tree),
        index_(index),
        recording_(recording),
        values_(values),
        operators_(OutermostOperators(recording)),
        calls_(index, result_),
        items_(ListItems(index, recording)),
        free_(index, values, operators_, items_, calls_, result_) {}

  Attribution Run(bool is_complete) {
    // The root's own scope may only confirm what is known.
    const bool says_so = items_.size() > 1 &&
                         items_[0].kind == Kind::kEnterScope &&
                         items_[0].index == 0;
    calls_.EnterScope(0, says_so || !index_.HasOpenCode(0));
    previous_ = {0};
    root_is_certain_ = calls_.top().is_certain;
    for (size_t i = says_so ? 1 : 0; i < items_.size(); ++i) {
      if (says_so && previous_.size() == 1 &&
          items_[i].kind == Kind::kLeaveScope) {
        continue;
      }
      AddItem(items_[i]);
    }
    // The outputs are given up when forward has returned.
    const int end = static_cast<int>(recording_.events.size());
    const int returned = recording_.returned;
    AddEvents(next_event_,
              returned < 0 ? end : std::max(returned, next_event_));
    calls_.SetOperator(static_cast<int>(operators_.size()));
    if (is_complete) calls_.LeaveAll();
    AddEvents(next_event_, end);
    for (AttributedCall& call : result_.calls) {
      if (call.is_open) call.end = static_cast<int>(operators_.size());
    }
    FindInferred();
    return std::move(result_);
  }

 private:
  void AddItem(const Item& item);
  void AddOperator(const Item& item);
  void AddOwned(const Item& item, const RecordedOperator& op);
  void AddFree(const Item& item, const RecordedOperator& op);
  void AddEvents(int begin, int end);
  void FindInferred();

  int& previous() { return previous_.back(); }
  int ChooseOwner(const Item& item, const RecordedOperator& op);
  bool RepeatsFirst(const OpenCalls::Frame& frame, int owner,
                    const RecordedOperator& op) const;
  uint64_t FirstStorage(const RecordedOperator& op) const;
  void LeaveRepeated(const Item& item, int owner, const RecordedOperator& op);
  bool TakesOnlyLast(const OpenCalls::Frame& frame, const Item& item) const;

  const ModuleTree& tree_;
  const ModuleIndex& index_;
  const Recording& recording_;
  const Values& values_;
  const std::vector<const RecordedOperator*> operators_;
  Attribution result_;
  OpenCalls calls_;
  const std::vector<Item> items_;
  FreeOperators free_;
  std::vector<int> previous_;  // By open scope: the last module in it.
  int next_event_ = 0;
  bool root_is_certain_ = false;
};

void Attributor::AddEvents(int begin, int end) {
  for (int i = begin; i < end; ++i) {
    const Kind kind = recording_.events[i].kind;
    if (kind == Kind::kOperator || kind == Kind::kMemory) {
      result_.steps.push_back({Step::Kind::kEvent, i});
    }
  }
  next_event_ = end;
}

void Attributor::AddItem(const Item& item) {
  if (item.kind == Kind::kOperator) {
    calls_.SetOperator(item.index);
    AddOperator(item);
    result_.call_of.push_back(calls_.top().call);
    AddEvents(item.begin_event, item.end_event);
    return;
  }
  AddEvents(item.begin_event, item.end_event);
  calls_.SetOperator(static_cast<int>(result_.call_of.size()));
  if (item.kind == Kind::kEnterScope) {
    calls_.EnterScope(item.index, true);
    previous_.push_back(item.index);
  } else {
    const int left = calls_.scope();
    calls_.LeaveScope();
    previous_.pop_back();
    previous() = left;
  }
}

void Attributor::AddOperator(const Item& item) {
  const RecordedOperator& op = *operators_[item.index];
  if (item.owners.empty()) {
    AddFree(item, op);
  } else {
    AddOwned(item, op);
  }
}

uint64_t Attributor::FirstStorage(const RecordedOperator& op) const {
  for (const TensorSpec* tensor : TensorsIn(op.arguments)) {
    if (index_.IsOwned(*tensor)) return tensor->storage;
  }
  return 0;
}

bool Attributor::RepeatsFirst(const OpenCalls::Frame& frame, int owner,
                              const RecordedOperator& op) const {
  if (frame.first_owner != owner || frame.first_operator != op.name ||
      frame.first_storage != FirstStorage(op)) {
    return false;
  }
  // It may slice its weights several times, for queries, keys and values.
  return !index_.is_type(frame.module, kAttention) || frame.is_done;
}

// Of a tied weight: whose turn it is.
int Attributor::ChooseOwner(const Item& item, const RecordedOperator& op) {
  if (item.owners.size() == 1) return item.owners[0];
  const OpenCalls::Frame& top = calls_.top();
  if (absl::c_linear_search(item.owners, top.module) &&
      top.first_owner == top.module && !RepeatsFirst(top, top.module, op)) {
    return top.module;  // It is not done yet.
  }
  const auto by_rank = [&](int a, int b) {
    return index_.rank(a) < index_.rank(b);
  };
  int next = -1;
  for (const int owner : item.owners) {
    if (index_.rank(owner) <= index_.rank(previous())) continue;
    if (next < 0 || by_rank(owner, next)) next = owner;
  }
  return next >= 0 ? next : *absl::c_min_element(item.owners, by_rank);
}

// Whether what this and the next operators of the same owner take was made last
// in the call, or before it. Linear begins with an operator that takes but its
// weight.
bool Attributor::TakesOnlyLast(const OpenCalls::Frame& frame,
                               const Item& item) const {
  constexpr int kMostOperators = 3;
  const int begin = result_.calls[frame.call].begin;
  const int end = std::min<int>(item.index + kMostOperators, operators_.size());
  for (int op = item.index; op < end; ++op) {
    for (const ValueUse& use : values_.uses(op)) {
      if (use.maker >= begin && use.maker < item.index - 1) return false;
    }
    if (!values_.uses(op).empty()) return true;
  }
  return true;
}

// A module that holds several others is called again where the first operator
// of its call is seen again; but not where its code goes round in a loop and
// keeps more than one value from turn to turn.
void Attributor::LeaveRepeated(const Item& item, int owner,
                               const RecordedOperator& op) {
  constexpr size_t kMostFrames = 64;
  std::vector<OpenCalls::Frame>& frames = calls_.frames();
  const size_t base = calls_.base();
  for (size_t i = frames.size() - 1; i > base; --i) {
    const OpenCalls::Frame& frame = frames[i];
    if (frames.size() - i > kMostFrames) return;
    if (frame.module == owner) continue;
    if (!index_.Contains(frame.module, owner)) continue;
    if (frame.has_other_owners && RepeatsFirst(frame, owner, op) &&
        TakesOnlyLast(frame, item)) {
      calls_.LeaveFrom(i);
      return;
    }
  }
}

void Attributor::AddOwned(const Item& item, const RecordedOperator& op) {
  const int owner = ChooseOwner(item, op);
  LeaveRepeated(item, owner, op);
  const bool is_new =
      calls_.top().module == owner && RepeatsFirst(calls_.top(), owner, op);
  const bool is_known = index_.layer(owner) != nullptr;
  calls_.MoveTo(owner, is_new, is_known && item.owners.size() == 1);
  for (size_t i = calls_.frames().size(); i > calls_.base(); --i) {
    OpenCalls::Frame& frame = calls_.frames()[i - 1];
    if (frame.first_owner < 0) {
      frame.first_owner = owner;
      frame.first_operator = op.name;
      frame.first_storage = FirstStorage(op);
    } else if (frame.first_owner == owner || frame.has_other_owners) {
      // What is around it has been told.
      if (frame.module != owner) break;
    } else {
      frame.has_other_owners = true;
    }
  }
  OpenCalls::Frame& top = calls_.top();
  top.last_owned = item.index;
  if (index_.is_type(owner, kAttention)) {
    const int projection = index_.end(owner) - 1;
    for (const TensorSpec* tensor : TensorsIn(op.arguments)) {
      for (const ParameterInfo& info : tree_.modules[projection].parameters) {
        top.is_done |= projection != owner && tensor->storage != 0 &&
                       tensor->storage == info.tensor.storage;
      }
    }
  }
  previous() = owner;
}

void Attributor::AddFree(const Item& item, const RecordedOperator& op) {
  if (free_.IsInsideOfLayer(item.index)) return;  // The top stays.
  const int next = free_.NextOf(item);
  if (free_.PreparesLayer(op, next)) {
    calls_.MoveTo(next, calls_.top().is_done, true);
    previous() = next;
    return;
  }
  const int functional = free_.FindFunctional(previous(), next);
  if (functional >= 0) {
    calls_.MoveTo(functional, false, true);
    previous() = functional;
    return;
  }
  const int caller = free_.FindCaller(op, previous(), next);
  if (caller < 0) {
    const int before = free_.NextBefore(item, previous(), next);
    const int place = free_.FindPlace(item.index, previous(), before);
    calls_.MoveTo(place, false, false);
    return;
  }
  const bool is_in_sequence = index_.IsSequence(index_.parent(caller));
  calls_.MoveTo(caller, true, is_in_sequence);
  free_.Use(caller, item.index);
  previous() = caller;
}

void Attributor::FindInferred() {
  std::vector<int> called(index_.size(), 0);
  std::vector<bool> is_inferred(index_.size(), false);
  for (const AttributedCall& call : result_.calls) {
    ++called[call.module];
    if (!call.is_certain) is_inferred[call.module] = true;
  }
  is_inferred[0] = !root_is_certain_ && index_.size() > 1;
  for (int i = 1; i < index_.size(); ++i) {
    if (called[i] > 0 || !index_.IsCallable(i)) continue;
    // That it was not called is as certain as what its holder called, and one
    // that calls no operator is not seen.
    const int holder = index_.holder(i);
    is_inferred[i] = is_inferred[holder] ||
                     (called[holder] > 0 && index_.layer(i) == nullptr &&
                      !index_.IsSequence(i));
  }
  for (int i = 0; i < index_.size(); ++i) {
    if (is_inferred[i]) result_.inferred.push_back(i);
  }
}

}  // namespace

Attribution Attribute(const ModuleTree& tree, const ModuleIndex& index,
                      const Recording& recording, const Values& values,
                      bool is_complete) {
  return Attributor(tree, index, recording, values).Run(is_complete);
}

}  // namespace strata::torch_module
