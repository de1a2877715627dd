#include "plugins/sources/torch_module/free_operators.h"

#include <algorithm>

namespace strata::torch_module {
namespace {

using Kind = RecordedEvent::Kind;

}  // namespace

int FreeOperators::NextOf(const Item& item) const {
  const int scope = calls_.scope();
  if (item.next < 0) return scope;
  const Item& coming = items_[item.next];
  const int next =
      coming.kind == Kind::kEnterScope ? coming.index : coming.owners[0];
  return index_.Contains(scope, next) ? next : scope;
}

bool FreeOperators::IsInsideOfLayer(int op) const {
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

bool FreeOperators::PreparesLayer(const RecordedOperator& op, int next) const {
  if (op.name == "aten::equal") return index_.is_type(next, kAttention);
  if (op.name != "aten::zeros") return false;
  for (const char* type :
       {"LSTM", "GRU", "RNN", "LSTMCell", "GRUCell", "RNNCell"}) {
    const LayerClass* const layer = index_.layer(next);
    if (layer != nullptr && layer->type == type) return true;
  }
  return false;
}

int FreeOperators::FindFunctional(int last, int next) const {
  const auto is_functional = [&](int module) {
    return index_.is_type(module, "torch::nn::Functional");
  };
  const int place = index_.Common(last, next);
  for (int i = last; i != place; i = index_.parent(i)) {
    const int around = index_.parent(i);
    if (!index_.IsSequence(around)) continue;
    const int sibling = index_.end(i);
    if (sibling == index_.end(around)) continue;  // The end of this one.
    if (is_functional(sibling)) return sibling;
    return is_functional(i) ? i : -1;  // It may call several operators.
  }
  return -1;
}

bool FreeOperators::IsUsed(int module) const {
  const int holder = index_.holder(module);
  return last_used_[module] >= 0 && last_used_[module] >= calls_.begin(holder);
}

int FreeOperators::FindCaller(const RecordedOperator& op, int last,
                              int next) const {
  constexpr int kMostLooks = 64;
  const absl::string_view stem = OperatorStem(op.name);
  const std::vector<int>& callers = index_.Callers(stem);
  if (callers.empty()) return -1;
  const int scope = calls_.scope();
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

int FreeOperators::NextBefore(const Item& item, int last, int next) const {
  constexpr int kMostAhead = 8;
  const int begin = static_cast<int>(&item - items_.data()) + 1;
  const int end = std::min<int>(
      {begin + kMostAhead, static_cast<int>(items_.size()),
       item.next >= 0 ? item.next : static_cast<int>(items_.size())});
  for (int i = begin; i < end && items_[i].kind == Kind::kOperator; ++i) {
    const int caller = FindCaller(*operators_[items_[i].index], last, next);
    if (caller >= 0) return caller;
  }
  return next;
}

// The first module with code of its own that is open, from `from` down to `to`;
// -1: none.
int FreeOperators::OutermostOpen(int from, int to) const {
  int found = -1;
  for (int i = to; i != from; i = index_.parent(i)) {
    if (index_.HasOpenCode(i)) found = i;
  }
  return found;
}

// Values from two places inside of one module, of which it gives back one: then
// it was that module's code which took both. -1: there are no such.
int FreeOperators::MadeInside(int op, int last, int place) const {
  int made_in = -1;
  int maker = -1;
  for (const ValueUse& use : values_.uses(op)) {
    if (use.maker < 0 || use.maker == maker) continue;
    const int module = result_.calls[result_.call_of[use.maker]].module;
    if (!index_.Contains(place, module)) continue;
    if (made_in >= 0) {
      int both = index_.Common(made_in, module);
      // A list hides nothing from who calls what is in it.
      while (both > 0 && !index_.IsCallable(both)) both = index_.parent(both);
      const bool hides = both != place && index_.Contains(place, both) &&
                         index_.Contains(both, last);
      int inner = -1;
      if (hides) {
        inner = index_.HasOpenCode(both) ? both : OutermostOpen(both, last);
      }
      if (inner >= 0 && calls_.IsOpen(inner)) return inner;
    }
    made_in = module;
    maker = use.maker;
  }
  return -1;
}

int FreeOperators::FindPlace(int op, int last, int next) const {
  int place = index_.Common(last, next);
  const int inside = MadeInside(op, last, place);
  if (inside >= 0) return inside;
  if (index_.HasOpenCode(place)) return place;
  // A Sequential has no code: the end of what it called last, or the beginning
  // of what it calls next.
  if (index_.IsSequence(place)) {
    for (const int side : {last, next}) {
      const int inner = OutermostOpen(place, side);
      if (inner >= 0) return inner;
    }
  }
  while (place != calls_.scope() && !index_.HasOpenCode(place)) {
    place = index_.parent(place);
  }
  return place;
}

}  // namespace strata::torch_module
