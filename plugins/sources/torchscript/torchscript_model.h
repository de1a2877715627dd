// A loaded TorchScript archive as a Model.

#ifndef STRATA_PLUGINS_SOURCES_TORCHSCRIPT_TORCHSCRIPT_MODEL_H_
#define STRATA_PLUGINS_SOURCES_TORCHSCRIPT_TORCHSCRIPT_MODEL_H_

#include <c10/core/Device.h>
#include <torch/csrc/jit/api/module.h>

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/model.h"
#include "plugins/sources/libtorch/devices.h"
#include "plugins/sources/libtorch/run_clock.h"
#include "plugins/sources/libtorch/run_settings.h"
#include "plugins/sources/torchscript/module_reader.h"

namespace strata::torchscript {

// What forward is called with.
struct Arguments {
  std::vector<c10::IValue> positional;
  std::unordered_map<std::string, c10::IValue> by_name;
};

class TorchScriptModel : public Model {
 public:
  // `warnings` are those of the loading. `device` is where its tensors are;
  // meta ones: there are shapes alone.
  TorchScriptModel(torch::jit::Module module, ReadModules read,
                   libtorch::KeptWarnings warnings, c10::Device device);

  const ModuleTree& modules() const override { return read_.tree; }
  std::vector<std::string> devices() const override;
  absl::Status Run(const RunOptions& options, ModuleVisitor& visitor) override;
  std::vector<std::string> warnings() const override;

 private:
  // All that LibTorch may raise at before forward begins.
  absl::StatusOr<Arguments> Prepare(const RunOptions& options);
  absl::Status RunForward(Arguments arguments, const RunOptions& options,
                          ModuleVisitor& visitor);
  // For the clock.
  absl::Status RunTimed(Arguments arguments, const RunOptions& options,
                        ModuleVisitor& visitor);
  // The module whose runs are not watched, made when it is first asked for.
  absl::StatusOr<torch::jit::Module> Unwatched();
  // What it means that forward raised this at `where`.
  absl::Status Raised(const std::exception& e, const std::string& where) const;

  torch::jit::Module module_;
  ReadModules read_;
  libtorch::KeptWarnings kept_warnings_;
  std::vector<int> not_traced_;  // Modules that a trace did not call.
  const bool shapes_only_;
  const c10::Device device_;
  libtorch::TorchDevice access_;
  libtorch::RunClock clock_;
  std::optional<torch::jit::Module> unwatched_;
  bool is_frozen_ = false;
  std::optional<int> root_operators_;  // Of the last run that watched them.
  bool has_watch_points_ = false;
  bool is_training_ = false;  // Of the last run.
};

// Makes forward's arguments from what the user gave, sizes or a file. The error
// says what forward takes.
absl::StatusOr<Arguments> MakeArguments(const torch::jit::Module& module,
                                        const RunOptions& options,
                                        c10::Device device);

}  // namespace strata::torchscript

#endif  // STRATA_PLUGINS_SOURCES_TORCHSCRIPT_TORCHSCRIPT_MODEL_H_
