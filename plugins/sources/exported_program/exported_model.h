// An exported program as a model.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_EXPORTED_MODEL_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_EXPORTED_MODEL_H_

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

namespace strata::exported_program {

// Its run computes nothing: it tells what the file says.
class ExportedModel : public Model {
 public:
  explicit ExportedModel(std::unique_ptr<Program> program);

  const ModuleTree& modules() const override { return modules_.tree; }
  std::vector<std::string> devices() const override { return {kShapeDevice}; }
  std::vector<strata::Dimension> dimensions() const override;
  bool has_recorded_inputs() const override { return true; }
  // Errors beside those of the interface: kOutOfRange, where a size of an open
  // dimension is not one that it may have.
  absl::Status Run(const RunOptions& options, ModuleVisitor& visitor) override;
  std::vector<std::string> warnings() const override { return warnings_; }

 private:
  // The sizes of the open dimensions that the options say.
  absl::StatusOr<std::vector<int64_t>> DimensionsOf(
      const RunOptions& options) const;
  absl::Status MatchInputs(const RunOptions& options,
                           std::vector<std::optional<int64_t>>& sizes) const;
  absl::Status MatchInput(size_t number, const InputSpec& given,
                          std::vector<std::optional<int64_t>>& sizes) const;
  absl::Status CheckInputs(const RunOptions& options,
                           const std::vector<int64_t>& sizes) const;
  // Whether it was exported in training mode, as far as an operator tells.
  std::optional<bool> FindMode() const;

  std::unique_ptr<Program> program_;
  Modules modules_;
  Plan plan_;
  std::optional<bool> training_;
  std::vector<std::string> warnings_;
};

}  // namespace strata::exported_program

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_EXPORTED_MODEL_H_
