// A C++ torch::nn::Module of this process as a Model.

#ifndef STRATA_PLUGINS_SOURCES_TORCH_MODULE_TORCH_MODULE_H_
#define STRATA_PLUGINS_SOURCES_TORCH_MODULE_TORCH_MODULE_H_

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/model.h"
#include "plugins/sources/libtorch/devices.h"
#include "plugins/sources/libtorch/run_clock.h"
#include "plugins/sources/libtorch/run_settings.h"
#include "plugins/sources/torch_module/module_reader.h"
#include "plugins/sources/torch_module/recording.h"

namespace strata::torch_module {

// Calls the module's forward. Gives the tensors in what that gives back, or
// nothing where they are not to be had.
using Forward = std::function<std::optional<std::vector<at::Tensor>>(
    std::vector<at::Tensor> inputs)>;

// Runs where the module's parameters are. A run leaves the module, and the
// settings of the process, as they were: modes, parameters, buffers, gradients,
// random numbers.
class TorchModule : public Model {
 public:
  // `root` must outlive it, and its modules stay as they are. `inputs` are what
  // forward is given where a run asks for tensors like these; for others
  // tensors are made.
  static absl::StatusOr<std::unique_ptr<TorchModule>> Make(
      torch::nn::Module& root, Forward forward, std::vector<at::Tensor> inputs);

  const ModuleTree& modules() const override { return read_.tree; }
  std::vector<std::string> devices() const override;
  absl::Status Run(const RunOptions& options, ModuleVisitor& visitor) override;
  std::vector<std::string> warnings() const override;
  std::vector<int> inferred_modules() const override { return inferred_; }

  // Of `inputs`, for Summarizer::Inputs.
  std::vector<InputSpec> InputSpecs() const;

 private:
  struct Ran;

  TorchModule(ReadModules read, Forward forward, std::vector<at::Tensor> inputs,
              c10::Device device);

  absl::StatusOr<std::vector<at::Tensor>> MakeInputs(const RunOptions& options);
  absl::Status RunForward(std::vector<at::Tensor> inputs,
                          const RunOptions& options, ModuleVisitor& visitor);
  absl::Status RunTimed(std::vector<at::Tensor> inputs,
                        const RunOptions& options, ModuleVisitor& visitor);
  // Calls forward; what its backward pass would need is kept where that is
  // asked. An error says what happened, and not yet where.
  absl::Status Call(std::vector<at::Tensor> inputs, const RunOptions& options,
                    Ran& ran);
  // Tells the visitor what ran. Gives where that ended, for errors.
  std::string Tell(const Ran& ran, const RunOptions& options,
                   ModuleVisitor& visitor);

  ReadModules read_;
  const Forward forward_;
  const std::vector<at::Tensor> inputs_;
  const c10::Device device_;
  libtorch::TorchDevice access_;
  libtorch::RunClock clock_;
  libtorch::KeptWarnings kept_warnings_;
  std::vector<int> inferred_;    // Of the last run that was told.
  bool writes_unasked_ = false;  // A run wrote to others than buffers.
  bool was_timed_ = false;
};

}  // namespace strata::torch_module

#endif  // STRATA_PLUGINS_SOURCES_TORCH_MODULE_TORCH_MODULE_H_
