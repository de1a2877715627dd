#include "plugins/sources/torch_module/attribution.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "plugins/sources/torch_module/open_calls.h"

namespace strata::torch_module {
namespace {

using Kind = RecordedEvent::Kind;
using Step = AttributedStep;

constexpr char kAttention[] = "torch::nn::MultiheadAttention";

// An outermost operator with what happened inside of it, or the begin or the
// end of a scope.
struct Item {
  Kind kind;
  int index;  // The outermost operator's number, or the scope's module.
  int begin_event;
  int end_event;
  Places owners = {};
  int next = -1;  // The next item in this scope that has owners, or is a scope.
};

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
        last_used_(index.size(), -1) {}

  Attribution Run(bool is_complete) {
    ListItems();
    FindOwners();
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
    AddEvents(next_event_, static_cast<int>(recording_.events.size()));
    calls_.SetOperator(static_cast<int>(operators_.size()));
    if (is_complete) calls_.LeaveAll();
    for (AttributedCall& call : result_.calls) {
      if (call.is_open) call.end = static_cast<int>(operators_.size());
    }
    FindInferred();
    return std::move(result_);
  }

 private:
  void ListItems();
  void FindOwners();
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

  bool IsInsideOfLayer(int op) const;
  bool PreparesLayer(const RecordedOperator& op, int next) const;
  int FindCaller(const RecordedOperator& op, int next) const;
  int NextBefore(const Item& item, int next) const;
  bool IsUsed(int module) const;
  int FindPlace(int op, int next) const;
  int OpenOnTheWay(int from, int to) const;

  const ModuleTree& tree_;
  const ModuleIndex& index_;
  const Recording& recording_;
  const Values& values_;
  const std::vector<const RecordedOperator*> operators_;
  Attribution result_;
  OpenCalls calls_;
  std::vector<Item> items_;
  std::vector<int> previous_;   // By open scope: the last module in it.
  std::vector<int> last_used_;  // By module: the operator.
  int next_event_ = 0;
  bool root_is_certain_ = false;
};

void Attributor::ListItems() {
  int begin = 0;
  int op = 0;
  for (int i = 0; i < static_cast<int>(recording_.events.size()); ++i) {
    const RecordedEvent& event = recording_.events[i];
    if (event.kind == Kind::kMemory) continue;
    if (event.kind == Kind::kOperator) {
      if (recording_.operators[event.index].nesting > 0) continue;
      items_.push_back({event.kind, op++, begin, i + 1});
    } else {
      items_.push_back({event.kind, event.index, i, i + 1});
      if (begin < i) items_.back().begin_event = begin;
    }
    begin = i + 1;
  }
}

void Attributor::FindOwners() {
  std::vector<int> scopes = {0};
  for (Item& item : items_) {
    if (item.kind == Kind::kEnterScope) {
      scopes.push_back(item.index);
    } else if (item.kind == Kind::kLeaveScope) {
      scopes.pop_back();
    } else {
      item.owners = index_.OwnersFor(*operators_[item.index], scopes.back());
    }
  }
  // Scopes that are still open have no end: what comes next in them is none.
  std::vector<int> next(scopes.size(), -1);
  for (int i = static_cast<int>(items_.size()) - 1; i >= 0; --i) {
    if (items_[i].kind == Kind::kLeaveScope) {
      next.push_back(-1);
      continue;
    }
    if (items_[i].kind == Kind::kEnterScope) next.pop_back();
    items_[i].next = next.back();
    if (items_[i].kind == Kind::kEnterScope || !items_[i].owners.empty()) {
      next.back() = i;
    }
  }
}

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

// One of LibTorch's own layers gives back what it made last with its
// parameters: who uses another value of it is its own code.
bool Attributor::IsInsideOfLayer(int op) const {
  const OpenCalls::Frame& top = calls_.top();
  const LayerClass* const layer = index_.layer(top.module);
  if (layer == nullptr || !layer->has_parameters || top.last_owned < 0) {
    return false;
  }
  // Attention has much to do between its projections.
  if (index_.is_type(top.module, kAttention) && !top.is_done) return true;
  const int begin = result_.calls[top.call].begin;
  for (const ValueUse& use : values_.uses(op)) {
    if (use.maker >= begin && use.maker != top.last_owned) return true;
  }
  return false;
}

// What LibTorch's own layers call before they come to their parameters.
bool Attributor::PreparesLayer(const RecordedOperator& op, int next) const {
  if (op.name == "aten::equal") return index_.is_type(next, kAttention);
  if (op.name != "aten::zeros") return false;
  for (const char* type :
       {"LSTM", "GRU", "RNN", "LSTMCell", "GRUCell", "RNNCell"}) {
    const LayerClass* const layer = index_.layer(next);
    if (layer != nullptr && layer->type == type) return true;
  }
  return false;
}

bool Attributor::IsUsed(int module) const {
  const int holder = index_.holder(module);
  return last_used_[module] >= 0 && last_used_[module] >= calls_.begin(holder);
}

// A registered layer without parameters that calls this operator; -1: none.
int Attributor::FindCaller(const RecordedOperator& op, int next) const {
  constexpr int kMostLooks = 64;
  const absl::string_view stem = OperatorStem(op.name);
  const std::vector<int>& callers = index_.Callers(stem);
  if (callers.empty()) return -1;
  const int scope = calls_.scope();
  const int last = previous_.back();
  const int after = index_.rank(last);
  // First what is registered between the last module and the next one.
  const int before = next == scope ? index_.size() : index_.rank(next);
  auto it = std::upper_bound(
      callers.begin(), callers.end(), after,
      [&](int rank, int module) { return rank < index_.rank(module); });
  for (int i = 0; it != callers.end() && i < kMostLooks; ++it, ++i) {
    if (index_.rank(*it) >= before) break;
    const int holder = index_.holder(*it);
    if (!index_.Contains(scope, *it) || IsUsed(*it)) continue;
    if (index_.Contains(holder, last) || index_.Contains(holder, next)) {
      return *it;
    }
  }
  // Then what those around the last one hold, unused ones first.
  const int common = index_.Common(last, next);
  int used = -1;
  for (int around = last;; around = index_.holder(around)) {
    int used_here = -1;
    for (const int caller : index_.CallersIn(around, stem)) {
      // A Sequential calls its layers in order, and each once.
      if (index_.IsSequence(index_.parent(caller))) continue;
      if (!index_.Contains(scope, caller)) continue;
      if (!IsUsed(caller)) return caller;
      used_here = caller;
    }
    if (used < 0) used = used_here;
    if (index_.Contains(around, common) || around == scope) return used;
  }
}

// The module that comes next after an operator that nobody is known to call:
// what takes operators like it may come before `next` does.
int Attributor::NextBefore(const Item& item, int next) const {
  constexpr int kMostAhead = 8;
  const int begin = static_cast<int>(&item - items_.data()) + 1;
  const int end = std::min<int>(
      {begin + kMostAhead, static_cast<int>(items_.size()),
       item.next >= 0 ? item.next : static_cast<int>(items_.size())});
  for (int i = begin; i < end && items_[i].kind == Kind::kOperator; ++i) {
    const int caller = FindCaller(*operators_[items_[i].index], next);
    if (caller >= 0) return caller;
  }
  return next;
}

// The first module with code of its own that is open, from `from` down to `to`;
// -1: none.
int Attributor::OpenOnTheWay(int from, int to) const {
  int found = -1;
  for (int i = to; i != from; i = index_.parent(i)) {
    if (index_.HasOpenCode(i)) found = i;
  }
  return found;
}

// Whose code calls an operator that no module is known to call.
int Attributor::FindPlace(int op, int next) const {
  const int scope = calls_.scope();
  const int last = previous_.back();
  int place = index_.Common(last, next);
  // Values from two places inside of one module, of which it gives back one:
  // then it was that module's code which took both.
  int made_in = -1;
  int maker = -1;
  for (const ValueUse& use : values_.uses(op)) {
    if (use.maker < 0 || use.maker == maker) continue;
    const int module = result_.calls[result_.call_of[use.maker]].module;
    if (!index_.Contains(place, module)) continue;
    if (made_in >= 0) {
      const int both = index_.Common(made_in, module);
      if (both != place && index_.Contains(both, last)) {
        const int inner =
            index_.HasOpenCode(both) ? both : OpenOnTheWay(both, last);
        if (inner >= 0 && calls_.IsOpen(inner)) return inner;
      }
    }
    made_in = module;
    maker = use.maker;
  }
  if (index_.HasOpenCode(place)) return place;
  // A Sequential has no code: the end of what it called last, or the beginning
  // of what it calls next.
  if (index_.IsSequence(place)) {
    for (const int side : {last, next}) {
      const int inner = OpenOnTheWay(place, side);
      if (inner >= 0) return inner;
    }
  }
  while (place != scope && !index_.HasOpenCode(place)) {
    place = index_.parent(place);
  }
  return place;
}

void Attributor::AddFree(const Item& item, const RecordedOperator& op) {
  int next = calls_.scope();
  if (item.next >= 0) {
    const Item& coming = items_[item.next];
    next = coming.kind == Kind::kEnterScope ? coming.index : coming.owners[0];
    if (!index_.Contains(calls_.scope(), next)) next = calls_.scope();
  }
  if (IsInsideOfLayer(item.index)) return;  // The top stays.
  if (PreparesLayer(op, next)) {
    calls_.MoveTo(next, calls_.top().is_done, true);
    previous() = next;
    return;
  }
  const int caller = FindCaller(op, next);
  if (caller >= 0) {
    const bool is_in_sequence = index_.IsSequence(index_.parent(caller));
    calls_.MoveTo(caller, true, is_in_sequence);
    last_used_[caller] = item.index;
    previous() = caller;
    return;
  }
  next = NextBefore(item, next);
  calls_.MoveTo(FindPlace(item.index, next), false, false);
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

std::vector<const RecordedOperator*> OutermostOperators(
    const Recording& recording) {
  std::vector<const RecordedOperator*> outermost;
  for (const RecordedOperator& op : recording.operators) {
    if (op.nesting == 0) outermost.push_back(&op);
  }
  return outermost;
}

Attribution Attribute(const ModuleTree& tree, const ModuleIndex& index,
                      const Recording& recording, const Values& values,
                      bool is_complete) {
  return Attributor(tree, index, recording, values).Run(is_complete);
}

}  // namespace strata::torch_module
