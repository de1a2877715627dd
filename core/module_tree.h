// What a model is made of, at rest.

#ifndef STRATA_CORE_MODULE_TREE_H_
#define STRATA_CORE_MODULE_TREE_H_

#include <string>
#include <utility>
#include <vector>

#include "core/tensor_spec.h"

namespace strata {

// A parameter or a buffer, as the module that registered it names it.
struct ParameterInfo {
  std::string name;  // "weight"
  TensorSpec tensor;
  bool trainable = false;  // requires_grad; always false for a buffer.
};

// What decides whether a module has a forward of its own.
enum class ModuleKind {
  kCallable,   // It has a forward.
  kContainer,  // It only holds modules or parameters (ModuleList, …).
};

// One registered module. Plain values; owns all it holds.
struct Module {
  std::string path;       // "layer1.0.conv1"; "" for the root.
  std::string name;       // "conv1", the last part of the path.
  std::string type;       // The class's own short name: "Conv2d".
  std::string full_type;  // "torch.nn.modules.conv.Conv2d".
  int parent = -1;        // Index in ModuleTree::modules; -1 for the root.
  int depth = 0;          // 0 for the root.
  ModuleKind kind = ModuleKind::kCallable;

  // Which object it is: equal where one module is held at several paths.
  uint64_t identity = 0;

  std::vector<ParameterInfo> parameters;  // Its own, not its children's.
  std::vector<ParameterInfo> buffers;

  // False where it has parameters that the file does not show as tensors
  // (packed by quantization, or constants of frozen code): how many is not
  // known.
  bool parameters_known = true;

  // Constant attributes as PyTorch prints them: {"kernel_size", "[3, 3]"}.
  std::vector<std::pair<std::string, std::string>> attributes;
};

// Every registered module, depth first, in registration order: a module stands
// before its children, and its subtree is one contiguous range. The root is
// modules[0]; a tree is never empty.
struct ModuleTree {
  std::vector<Module> modules;

  int size() const { return static_cast<int>(modules.size()); }
};

}  // namespace strata

#endif  // STRATA_CORE_MODULE_TREE_H_
