// A TorchScript module's tree, as the file describes it.

#ifndef STRATA_PLUGINS_SOURCES_TORCHSCRIPT_MODULE_READER_H_
#define STRATA_PLUGINS_SOURCES_TORCHSCRIPT_MODULE_READER_H_

#include <torch/csrc/jit/api/module.h>

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/module_tree.h"
#include "plugins/sources/libtorch/packed_parameters.h"

namespace strata::torchscript {

// What a running module is known by.
using ObjectId = const void*;

struct ReadModules {
  ModuleTree tree;
  std::vector<c10::ClassTypePtr> types;  // Of each module.
  // Where each object stands in the tree; more than once when it is shared.
  absl::flat_hash_map<ObjectId, std::vector<int>> places;
  // Quantized layers keep their weights in objects that are no tensors, and in
  // so many modules these could not be unpacked.
  libtorch::PackedParameters packed;
  int not_unpacked = 0;
};

// The place of the object whose method begins while `running` does (-1: nothing
// does). A shared module stands at several: the one below `running` is meant,
// else the first. An object that is no module is `running`.
int PlaceOf(const ReadModules& modules, ObjectId object, int running);

// True for PyTorch's containers, which have no forward: ModuleList, …
bool IsListOfOthers(const Module& module);

// True for "forward", and for "forward__0", "forward__1", … which an overloaded
// forward is compiled to (torch.jit._overload_method).
bool IsForward(absl::string_view method);

// Walks the modules depth first, in registration order, without recursion. An
// error (kDataLoss) where a module holds itself, or where shared modules inside
// of shared ones stand at more places than any real model has.
absl::StatusOr<ReadModules> ReadModuleTree(const torch::jit::Module& root);

// "torch.nn.modules.conv.Conv2d" for
// "__torch__.torch.nn.modules.conv.___torch_mangle_12.Conv2d".
std::string ReadableClassName(absl::string_view qualified_name);

}  // namespace strata::torchscript

#endif  // STRATA_PLUGINS_SOURCES_TORCHSCRIPT_MODULE_READER_H_
