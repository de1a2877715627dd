// has a descriptor and no function

#include "core/plugin.h"

__attribute__((section("strata_plugin"), used)) static constexpr char kText[] =
    STRATA_PLUGIN_TEXT("metric", "has_no_function", "has no function", "");
