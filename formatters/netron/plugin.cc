#include "core/plugin.h"

#include "formatters/netron/netron.h"

STRATA_FORMATTER_PLUGIN(netron, "figures that Netron shows beside a model",
                        strata::formatters::NetronFormatter, "");
