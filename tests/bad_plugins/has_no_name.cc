// a descriptor with an empty name

#include "core/plugin.h"

__attribute__((section("strata_plugin"), used)) static constexpr char kText[] =
    STRATA_PLUGIN_TEXT("metric", "", "has no name", "");
