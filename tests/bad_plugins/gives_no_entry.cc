// a function that gives nothing

#include "core/plugin.h"

__attribute__((section("strata_plugin"), used)) static constexpr char kText[] =
    STRATA_PLUGIN_TEXT("metric", "gives_no_entry", "gives no entry", "");
extern "C" __attribute__((visibility("default"))) const strata::PluginEntry*
strata_plugin_gives_no_entry() {
  return nullptr;
}
