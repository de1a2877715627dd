// The modules that a module object holds.

#ifndef STRATA_PLUGINS_SOURCES_TORCHSCRIPT_MODULE_OBJECTS_H_
#define STRATA_PLUGINS_SOURCES_TORCHSCRIPT_MODULE_OBJECTS_H_

#include <ATen/core/ivalue.h>
#include <torch/csrc/jit/api/module.h>

#include <functional>
#include <string>
#include <vector>

#include "plugins/sources/torchscript/chain_code.h"

namespace strata::torchscript {

using ObjectPtr = c10::intrusive_ptr<c10::ivalue::Object>;

struct HeldModule {
  std::string name;
  ObjectPtr object;
};

// In registration order; those of a shortened chain, too.
std::vector<HeldModule> ModulesOf(const c10::ivalue::Object& object);

// All module objects below `root` and itself, each once. No recursion.
std::vector<ObjectPtr> AllObjects(const torch::jit::Module& root);

// torch.nn.Module.train, for shortened chains, too.
void SetTraining(const torch::jit::Module& root, bool training);

// Puts a chain's modules, and in which order they are called, into an object
// whose class ShortenChains has made.
void SetChain(c10::ivalue::Object& object, const ChainClass& chain,
              const c10::impl::GenericDict& values);

// torch.jit.fork's tasks run where they are forked, so that they are watched.
inline void RunInline(std::function<void()> task) { task(); }

// Registers strata::run_chain(self, input), once in a process: calls the
// modules of `self`, each with what the one before gave.
void RegisterRunChain();

}  // namespace strata::torchscript

#endif  // STRATA_PLUGINS_SOURCES_TORCHSCRIPT_MODULE_OBJECTS_H_
