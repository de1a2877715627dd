// Where a loaded model calls the watch.

#ifndef STRATA_PLUGINS_SOURCES_TORCHSCRIPT_WATCH_POINTS_H_
#define STRATA_PLUGINS_SOURCES_TORCHSCRIPT_WATCH_POINTS_H_

#include <torch/csrc/jit/api/module.h>

namespace strata::torchscript {

// Puts a call of our own operators at the start and the end of every method of
// every module class in `root`: strata::enter_forward(self, inputs…), or
// enter_method for other methods, and strata::leave(self, outputs…); and of
// strata::tick() at the start of every loop's body, also of those in functions
// that are called. Once for a loaded model, before its first run. A ModuleWatch
// gives the operators their meaning. `shapes_only`: the model was loaded as
// meta tensors, and what its code makes are such, too.
void InsertWatchPoints(const torch::jit::Module& root, bool shapes_only);

// A copy of the module, of the same tensors, that calls no watch: what it runs
// is what the file says, and takes as long as that does.
torch::jit::Module WithoutWatchPoints(const torch::jit::Module& root);

// Of code that runs while a file is loaded: what it makes are meta tensors.
void UseMetaDevice(torch::jit::Function& function);

}  // namespace strata::torchscript

#endif  // STRATA_PLUGINS_SOURCES_TORCHSCRIPT_WATCH_POINTS_H_
