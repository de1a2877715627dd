// an entry without a maker

#include "core/plugin.h"

__attribute__((section("strata_plugin"), used)) static constexpr char kText[] =
    STRATA_PLUGIN_TEXT("metric", "has_no_maker", "has no maker", "");
extern "C" __attribute__((visibility("default"))) const strata::PluginEntry*
strata_plugin_has_no_maker() {
  static const strata::PluginEntry entry;
  return &entry;
}
