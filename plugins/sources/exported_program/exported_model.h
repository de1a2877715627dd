// An exported program as a model.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_EXPORTED_MODEL_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_EXPORTED_MODEL_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/model.h"
#include "plugins/sources/exported_program/input_dimensions.h"
#include "plugins/sources/exported_program/modules.h"
#include "plugins/sources/exported_program/plan.h"
#include "plugins/sources/exported_program/program.h"

namespace strata::exported_program {

// Its run computes nothing: it tells what the file says.
class ExportedModel : public Model {
 public:
  explicit ExportedModel(std::unique_ptr<Program> program);

  const ModuleTree& modules() const override { return modules_.tree; }
  std::vector<std::string> devices() const override { return {kShapeDevice}; }
  std::vector<strata::Dimension> dimensions() const override {
    return OpenDimensions(*program_);
  }
  bool has_recorded_inputs() const override { return true; }
  // Errors beside those of the interface: kOutOfRange, where a size of an open
  // dimension is not one that it may have.
  absl::Status Run(const RunOptions& options, ModuleVisitor& visitor) override;
  std::vector<std::string> warnings() const override { return warnings_; }

 private:
  void Warn(const std::string& warning);  // Once.

  std::unique_ptr<Program> program_;
  Modules modules_;
  Plan plan_;
  std::optional<bool> training_;  // The mode, as far as an operator tells.
  std::vector<std::string> warnings_;
};

}  // namespace strata::exported_program

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_EXPORTED_MODEL_H_
