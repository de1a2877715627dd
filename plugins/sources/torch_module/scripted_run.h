// Runs of modules as text, for tests of how operators are attributed.

#ifndef STRATA_PLUGINS_SOURCES_TORCH_MODULE_SCRIPTED_RUN_H_
#define STRATA_PLUGINS_SOURCES_TORCH_MODULE_SCRIPTED_RUN_H_

#include <map>
#include <string>
#include <vector>

namespace strata::torch_module {

// "path Type": "path Type w" has a parameter `path.w`, "path Type w=other.w"
// one that is other's. A type that begins with a small letter is the user's
// own; others are of torch::nn.
using Modules = std::vector<std::string>;

// "relu(x) -> y", "enter path", "leave". A value is called by its name; `v#2`
// is a view of `v`. `x` is the model's input.
using Script = std::vector<std::string>;

struct Attributed {
  std::string
      text;  // "fc1{t addmm}" for a call with its operators. The root is ":".
  std::string inferred;                        // Paths.
  std::map<std::string, std::string> tensors;  // By path: "x -> y; x2 -> y2".
};

Attributed AttributedRun(const Modules& modules, const Script& run);

}  // namespace strata::torch_module

#endif  // STRATA_PLUGINS_SOURCES_TORCH_MODULE_SCRIPTED_RUN_H_
