#include "plugins/sources/torch_module/items.h"

namespace strata::torch_module {
namespace {

using Kind = RecordedEvent::Kind;

std::vector<Item> ItemsOf(const Recording& recording) {
  std::vector<Item> items;
  int begin = 0;
  int op = 0;
  for (int i = 0; i < static_cast<int>(recording.events.size()); ++i) {
    const RecordedEvent& event = recording.events[i];
    if (event.kind == Kind::kMemory) continue;
    if (event.kind == Kind::kOperator) {
      if (recording.operators[event.index].nesting > 0) continue;
      items.push_back({event.kind, op++, begin, i + 1});
    } else {
      items.push_back({event.kind, event.index, i, i + 1});
      if (begin < i) items.back().begin_event = begin;
    }
    begin = i + 1;
  }
  return items;
}

void FindOwners(const ModuleIndex& index, const Recording& recording,
                std::vector<Item>& items) {
  const std::vector<const RecordedOperator*> operators =
      OutermostOperators(recording);
  std::vector<int> scopes = {0};
  for (Item& item : items) {
    if (item.kind == Kind::kEnterScope) {
      scopes.push_back(item.index);
    } else if (item.kind == Kind::kLeaveScope) {
      scopes.pop_back();
    } else {
      item.owners = index.OwnersFor(*operators[item.index], scopes.back());
    }
  }
  // Scopes that are still open have no end: what comes next in them is none.
  std::vector<int> next(scopes.size(), -1);
  for (int i = static_cast<int>(items.size()) - 1; i >= 0; --i) {
    if (items[i].kind == Kind::kLeaveScope) {
      next.push_back(-1);
      continue;
    }
    if (items[i].kind == Kind::kEnterScope) next.pop_back();
    items[i].next = next.back();
    if (items[i].kind == Kind::kEnterScope || !items[i].owners.empty()) {
      next.back() = i;
    }
  }
}

}  // namespace

std::vector<Item> ListItems(const ModuleIndex& index,
                            const Recording& recording) {
  std::vector<Item> items = ItemsOf(recording);
  FindOwners(index, recording, items);
  return items;
}

}  // namespace strata::torch_module
