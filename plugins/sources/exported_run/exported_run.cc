#include "plugins/sources/exported_run/exported_run.h"

#include <exception>
#include <utility>

#include "core/error.h"
#include "core/phases.h"
#include "plugins/sources/exported_run/archived_run.h"
#include "plugins/sources/exported_run/run_model.h"
#include "plugins/sources/libtorch/devices.h"
#include "plugins/sources/libtorch/op_libraries.h"

namespace strata::exported_run {
namespace {

absl::StatusOr<std::unique_ptr<Model>> OpenModel(const std::string& file,
                                                 const OpenOptions& options,
                                                 c10::Device device) {
  absl::StatusOr<ArchivedRun> archived = ReadForRun(file, options);
  if (!archived.ok()) return archived.status();
  BeginPhase(options.phases, "prepare its operators and weights");
  return RunModel::Make(std::move(archived->program), archived->read, device);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Model>> ExportedRunSource::Open(
    const std::string& file, const OpenOptions& options) {
  const auto in_file = [&](absl::string_view what, const absl::Status& status) {
    return WithHint(
        WithDetail(MakeError(status.code(), what, file, status.message()),
                   ErrorDetail(status)),
        ErrorHint(status));
  };
  const absl::StatusOr<c10::Device> device =
      libtorch::FindDevice(options.device.empty() ? "cpu" : options.device);
  if (!device.ok()) return in_file("cannot run model", device.status());
  const absl::Status operators =
      libtorch::LoadOpLibraries(options.op_libraries);
  if (!operators.ok()) return operators;
  try {
    absl::StatusOr<std::unique_ptr<Model>> model =
        OpenModel(file, options, *device);
    if (!model.ok()) return in_file("cannot load model", model.status());
    return model;
  } catch (const std::exception& e) {
    return in_file("cannot load model", absl::ResourceExhaustedError(e.what()));
  }
}

}  // namespace strata::exported_run
