// The tree of a C++ module, and the flags of its modules.

#ifndef STRATA_PLUGINS_SOURCES_TORCH_MODULE_MODULE_READER_H_
#define STRATA_PLUGINS_SOURCES_TORCH_MODULE_MODULE_READER_H_

#include <ATen/core/Tensor.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/module_tree.h"

namespace torch::nn {
class Module;
}

namespace strata::torch_module {

struct ReadModules {
  ModuleTree tree;
  std::vector<torch::nn::Module*> objects;  // Of each module.
  // So that they live, should forward replace one; all but the root.
  std::vector<std::shared_ptr<torch::nn::Module>> held;
  // Where each object stands in the tree; more than once when it is shared.
  absl::flat_hash_map<const torch::nn::Module*, std::vector<int>> places;
};

// Walks the modules depth first, in registration order, without recursion. An
// error where a module holds itself, or where shared ones stand at too many
// places.
absl::StatusOr<ReadModules> ReadModuleTree(torch::nn::Module& root);

// The place of an object whose scope begins in that of `running` (-1: none):
// the one below it, else the first; -1: it is not in the tree.
int PlaceOf(const ReadModules& modules, const torch::nn::Module* object,
            int running);

// "torch::nn::Conv2d" for the name of torch::nn::Conv2dImpl.
std::string ReadableClassName(absl::string_view name);
// "Conv2d", without the namespaces.
std::string ShortClassName(absl::string_view name);

// {"kernel_size", "[5, 5]"} and the like of what a layer of LibTorch's prints:
// "torch::nn::Conv2d(1, 6, kernel_size=[5, 5], stride=[1, 1])".
std::vector<std::pair<std::string, std::string>> PrintedOptions(
    absl::string_view text);

struct ModuleTensors {
  std::vector<at::Tensor> parameters;
  std::vector<at::Tensor> buffers;
};

// As they are now, at all places.
ModuleTensors TensorsOf(const ReadModules& modules);

// Puts the modules into a mode; when it dies each into its own again.
class KeepModes {
 public:
  KeepModes(const ReadModules& modules, bool training);
  ~KeepModes();
  KeepModes(const KeepModes&) = delete;
  KeepModes& operator=(const KeepModes&) = delete;

 private:
  const ReadModules& modules_;
  std::vector<bool> before_;
};

}  // namespace strata::torch_module

#endif  // STRATA_PLUGINS_SOURCES_TORCH_MODULE_MODULE_READER_H_
