#include "core/plugin.h"

#include "formatters/binary/binary.h"

STRATA_FORMATTER_PLUGIN(binary,
                        "the whole summary as a Protobuf message, for later",
                        strata::formatters::BinaryFormatter,
                        "strata.pb,pb,binpb");
