// A recording as the attribution goes through it.

#ifndef STRATA_PLUGINS_SOURCES_TORCH_MODULE_ITEMS_H_
#define STRATA_PLUGINS_SOURCES_TORCH_MODULE_ITEMS_H_

#include <vector>

#include "plugins/sources/torch_module/module_index.h"
#include "plugins/sources/torch_module/recording.h"

namespace strata::torch_module {

// An outermost operator with what happened inside of it, or the begin or the
// end of a scope.
struct Item {
  RecordedEvent::Kind kind;
  int index;  // The outermost operator's number, or the scope's module.
  int begin_event;
  int end_event;
  Places owners = {};
  int next = -1;  // The next item in this scope that has owners, or is a scope.
};

// In order, with all that is before the last of them.
std::vector<Item> ListItems(const ModuleIndex& index,
                            const Recording& recording);

}  // namespace strata::torch_module

#endif  // STRATA_PLUGINS_SOURCES_TORCH_MODULE_ITEMS_H_
