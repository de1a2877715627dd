// Summarises a C++ torch::nn::Module of this process.
//
//   LeNet model;                              // TORCH_MODULE(LeNet)
//   absl::StatusOr<strata::Summary> summary =
//       strata::Summarize(model, {torch::zeros({1, 1, 28, 28})});
//
// forward runs once, where the parameters are, without gradients. The module is
// left as it was, also where forward raises: docs/cpp-api.md says what that
// covers, and how operators find their modules. Nothing is printed.

#ifndef STRATA_PLUGINS_SOURCES_TORCH_MODULE_SUMMARIZE_H_
#define STRATA_PLUGINS_SOURCES_TORCH_MODULE_SUMMARIZE_H_

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "core/plugin_host.h"
#include "core/summary.pb.h"
#include "plugins/sources/torch_module/call_forward.h"
#include "plugins/sources/torch_module/torch_module.h"

namespace strata {

struct ModuleSummaryOptions {
  std::vector<std::string> metrics = {"params", "macs"};
  bool training = false;  // The mode that the run is in.
  // Where metrics are looked for. Null: `params` and `macs` alone, linked in.
  PluginHost* host = nullptr;
};

// As below, where forward takes other things than tensors, or where something
// else is to be called: `forward` is, with these inputs. `root` may be null,
// which is an error.
absl::StatusOr<Summary> SummarizeCall(torch::nn::Module* root,
                                      torch_module::Forward forward,
                                      std::vector<at::Tensor> inputs,
                                      const ModuleSummaryOptions& options = {});

// `module`: a holder (TORCH_MODULE), a shared_ptr or a pointer, an AnyModule,
// or the module itself. Its forward is called with the inputs, each a tensor,
// at most torch_module::kMostInputs. Errors: kInvalidArgument: no module,
// forward takes another number of tensors; and those of Model::Run.
template <typename M>
absl::StatusOr<Summary> Summarize(M&& module, std::vector<at::Tensor> inputs,
                                  const ModuleSummaryOptions& options = {}) {
  torch::nn::Module* const root = torch_module::ModuleIn(module);
  if (root != nullptr) {
    const std::string misfit =
        torch_module::Misfit(torch_module::Callee(module), inputs.size());
    if (!misfit.empty()) {
      return absl::InvalidArgumentError("cannot run model: " + misfit);
    }
  }
  return SummarizeCall(
      root,
      [&module](std::vector<at::Tensor> tensors) {
        return torch_module::CallForward(torch_module::Callee(module),
                                         std::move(tensors));
      },
      std::move(inputs), options);
}

}  // namespace strata

#endif  // STRATA_PLUGINS_SOURCES_TORCH_MODULE_SUMMARIZE_H_
