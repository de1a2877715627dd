// An exported program that runs.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_RUN_RUN_MODEL_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_RUN_RUN_MODEL_H_

#include <c10/core/Device.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/model.h"
#include "plugins/sources/exported_program/modules.h"
#include "plugins/sources/exported_program/plan.h"
#include "plugins/sources/exported_program/program.h"
#include "plugins/sources/exported_run/executor.h"
#include "plugins/sources/exported_run/run_inputs.h"
#include "plugins/sources/exported_run/weights.h"
#include "plugins/sources/libtorch/devices.h"
#include "plugins/sources/libtorch/run_clock.h"
#include "plugins/sources/libtorch/run_settings.h"

namespace strata::exported_run {

class RunModel : public Model {
 public:
  // `program` was read for a run; `read` is called before it returns.
  static absl::StatusOr<std::unique_ptr<RunModel>> Make(
      std::unique_ptr<Program> program, const ReadRecord& read,
      c10::Device device);

  const ModuleTree& modules() const override { return modules_.tree; }
  std::vector<std::string> devices() const override;
  bool has_recorded_inputs() const override { return true; }
  absl::Status Run(const RunOptions& options, ModuleVisitor& visitor) override;
  std::vector<std::string> warnings() const override;

  // For tests: the inputs of such a run; and what the last run gave back, once,
  // where it was to be kept.
  absl::StatusOr<RunInputs> MakeInputs(const RunOptions& options) const {
    return MakeRunInputs(*program_, options, device_);
  }
  void KeepOutputs() { keeps_outputs_ = true; }
  std::vector<c10::IValue> TakeOutputs() { return std::move(outputs_); }

 private:
  RunModel(std::unique_ptr<Program> program, c10::Device device);
  absl::Status RunForward(const RunInputs& inputs, const RunOptions& options,
                          ModuleVisitor& visitor);
  absl::Status RunTimed(const RunInputs& inputs, const RunOptions& options,
                        ModuleVisitor& visitor);
  absl::Status CheckOptions(const RunOptions& options) const;

  const std::unique_ptr<Program> program_;
  const exported_program::Modules modules_;
  const Plan plan_;
  const std::optional<bool> training_;  // The file's mode, where it tells.
  const c10::Device device_;
  std::unique_ptr<Executor> executor_;
  libtorch::TorchDevice access_;
  libtorch::RunClock clock_;
  libtorch::KeptWarnings kept_warnings_;
  bool asked_other_mode_ = false;
  bool keeps_outputs_ = false;
  std::vector<c10::IValue> outputs_;
};

}  // namespace strata::exported_run

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_RUN_RUN_MODEL_H_
