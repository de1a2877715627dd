#include "core/plugin.h"

#include "plugins/sources/exported_run/exported_run.h"

// The same files as exported_program, which tells shapes without LibTorch.
// @libtorch defines the two names: the LibTorch that this was built against.
STRATA_SOURCE_PLUGIN(exported_run,
                     "an exported program (.pt2), run on a device that "
                     "computes",
                     strata::exported_run::ExportedRunSource,
                     "zip:*/archive_format,serialized_exported_program.json",
                     STRATA_RECORDED_INPUTS STRATA_COMPUTING STRATA_RUNTIME(
                         "libtorch", STRATA_LIBTORCH_VERSION, "LIBTORCH",
                         "torch", STRATA_LIBTORCH_ROOT,
                         "libc10.so,libtorch_cpu.so"));
