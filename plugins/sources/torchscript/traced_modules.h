// What a trace has lost: modules that were not called when it was made.

#ifndef STRATA_PLUGINS_SOURCES_TORCHSCRIPT_TRACED_MODULES_H_
#define STRATA_PLUGINS_SOURCES_TORCHSCRIPT_TRACED_MODULES_H_

#include <ATen/core/jit_type.h>

#include <vector>

#include "core/module_tree.h"

namespace strata::torchscript {

// True for what torch.jit.script has made for certain: it keeps a layer's
// constants (`in_features: Final[int]`) and knows that its hook is None, and
// torch.jit.trace does neither. (A class that names no constants looks the same
// from both.)
bool IsScripted(const c10::ClassType& type);

// The modules whose Python code was not called when torch.jit.trace ran, so
// that the file does not have it, in the order of `tree`. `types` are their
// classes. Named are those with parameters or buffers that nothing in the file
// reads, and modules around them: others may have been called and have done
// nothing (nn.Identity), or have been called under another name. Empty for what
// was scripted. Linear in the modules and their code.
std::vector<int> ModulesNotTraced(const ModuleTree& tree,
                                  const std::vector<c10::ClassTypePtr>& types);

}  // namespace strata::torchscript

#endif  // STRATA_PLUGINS_SOURCES_TORCHSCRIPT_TRACED_MODULES_H_
