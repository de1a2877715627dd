#include "core/plugin.h"

#include "plugins/sources/torchscript/torchscript.h"

// @libtorch defines the two names: the LibTorch that this was built against.
STRATA_SOURCE_PLUGIN(torchscript,
                     "a TorchScript archive (torch.jit.save), scripted or "
                     "traced",
                     strata::torchscript::TorchScriptSource,
                     "zip:*/constants.pkl",
                     STRATA_RUNTIME("libtorch", STRATA_LIBTORCH_VERSION,
                                    "LIBTORCH", "torch", STRATA_LIBTORCH_ROOT,
                                    "libc10.so,libtorch_cpu.so"));
