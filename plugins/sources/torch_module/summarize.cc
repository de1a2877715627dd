#include "plugins/sources/torch_module/summarize.h"

#include <memory>

#include "core/error.h"
#include "core/plugin.h"
#include "core/summarizer.h"

extern "C" const strata::PluginEntry* strata_plugin_macs();
extern "C" const strata::PluginEntry* strata_plugin_params();

namespace strata {

absl::StatusOr<Summary> SummarizeCall(torch::nn::Module* root,
                                      torch_module::Forward forward,
                                      std::vector<at::Tensor> inputs,
                                      const ModuleSummaryOptions& options) {
  if (root == nullptr) {
    return absl::InvalidArgumentError(
        "cannot run model: there is no module: the holder or pointer is empty");
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].defined()) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "cannot run model: input ", i, " is a tensor that is not defined"));
  }
  absl::StatusOr<std::unique_ptr<torch_module::TorchModule>> model =
      torch_module::TorchModule::Make(*root, std::move(forward),
                                      std::move(inputs));
  if (!model.ok()) {
    return MakeError(model.status().code(), "cannot read model", "",
                     model.status().message());
  }
  PluginHost own_host;
  own_host.AddStatic(strata_plugin_params());
  own_host.AddStatic(strata_plugin_macs());
  Summarizer summarizer(options.host != nullptr ? *options.host : own_host);
  summarizer.Metrics(options.metrics)
      .Inputs((*model)->InputSpecs())
      .Training(options.training);
  ModelInfo info;
  info.set_source("torch_module");
  return summarizer.Summarize(**model, std::move(info));
}

}  // namespace strata
