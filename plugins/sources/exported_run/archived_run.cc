#include "plugins/sources/exported_run/archived_run.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/error.h"
#include "core/phases.h"
#include "plugins/sources/exported_program/archive.h"
#include "plugins/sources/exported_program/program_reader.h"
#include "plugins/sources/exported_run/weight_file.h"

namespace strata::exported_run {

using exported_program::Archive;

absl::StatusOr<ArchivedRun> ReadForRun(const std::string& file,
                                       const OpenOptions& options) {
  BeginPhase(options.phases, "read the program");
  absl::StatusOr<std::unique_ptr<Archive>> opened = Archive::Open(file);
  if (!opened.ok()) return opened.status();
  const std::shared_ptr<Archive> archive = *std::move(opened);
  absl::StatusOr<const Archive::Program*> which =
      exported_program::ChooseProgram(*archive, options.program);
  if (!which.ok()) return which.status();
  if ((*which)->weights_config.empty() && archive->root().empty()) {
    return WithHint(
        absl::UnimplementedError("it is an archive of an older form, whose "
                                 "weights are pickled, and cannot be run"),
        "its shapes can be summarised: leave --device out; or save it with a "
        "newer PyTorch");
  }
  exported_program::ReadOptions read_options;
  read_options.for_run = true;
  ArchivedRun run;
  absl::StatusOr<std::unique_ptr<exported_program::Program>> program =
      ReadProgram(*archive, **which, read_options);
  if (!program.ok()) return program.status();
  absl::StatusOr<std::unique_ptr<WeightFile>> weights =
      WeightFile::Open(file, *archive);
  if (!weights.ok()) return weights.status();
  run.program = *std::move(program);
  run.read = [archive, program = run.program.get(),
              file = std::shared_ptr<WeightFile>(*std::move(weights))](
                 size_t weight) -> absl::StatusOr<RecordBytes> {
    return file->Read(absl::StrCat(archive->root(),
                                   program->weights[weight].is_constant
                                       ? "/data/constants/"
                                       : "/data/weights/",
                                   program->weights[weight].record_name));
  };
  return run;
}

}  // namespace strata::exported_run
