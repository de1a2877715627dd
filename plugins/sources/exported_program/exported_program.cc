#include "plugins/sources/exported_program/exported_program.h"

#include <exception>
#include <utility>

#include "core/error.h"
#include "core/phases.h"
#include "plugins/sources/exported_program/archive.h"
#include "plugins/sources/exported_program/exported_model.h"
#include "plugins/sources/exported_program/program_reader.h"

namespace strata::exported_program {
namespace {

absl::Status InFile(const absl::Status& status, const std::string& file) {
  return WithHint(
      MakeError(status.code(), "cannot read model", file, status.message()),
      ErrorHint(status));
}

absl::StatusOr<std::unique_ptr<Model>> OpenModel(const std::string& file,
                                                 const OpenOptions& options) {
  BeginPhase(options.phases, "read the program");
  absl::StatusOr<std::unique_ptr<Archive>> archive = Archive::Open(file);
  if (!archive.ok()) return archive.status();
  absl::StatusOr<const Archive::Program*> which =
      ChooseProgram(**archive, options.program);
  if (!which.ok()) return which.status();
  absl::StatusOr<std::unique_ptr<Program>> program =
      ReadProgram(**archive, **which);
  if (!program.ok()) return program.status();
  BeginPhase(options.phases, "order its operators");
  return std::make_unique<ExportedModel>(*std::move(program));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Model>> ExportedProgramSource::Open(
    const std::string& file, const OpenOptions& options) {
  // Nothing here throws but the standard library, where memory is out.
  try {
    absl::StatusOr<std::unique_ptr<Model>> model = OpenModel(file, options);
    if (!model.ok()) return InFile(model.status(), file);
    return model;
  } catch (const std::exception& e) {
    return InFile(absl::ResourceExhaustedError(e.what()), file);
  }
}

}  // namespace strata::exported_program
