#include "core/plugin.h"

#include "plugins/sources/exported_program/exported_program.h"

// Archives of torch.export.save, and those of older ones. What torch compiled
// into a package has the same outside: the source says why it is not read.
STRATA_SOURCE_PLUGIN(exported_program,
                     "an exported program (.pt2, torch.export.save)",
                     strata::exported_program::ExportedProgramSource,
                     "zip:*/archive_format,serialized_exported_program.json",
                     STRATA_RECORDED_INPUTS STRATA_SHAPES_ONLY("exported_run"));
