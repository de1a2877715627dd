#include "core/summarizer.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "core/guarded_metrics.h"
#include "core/model.h"
#include "core/open_sizes.h"
#include "core/running_plugin.h"
#include "core/summary_builder.h"

namespace strata {
namespace {

// Libraries behind sources have settings of the whole process (LibTorch's
// choice of an executor): of several threads one opens and runs at a time.
absl::Mutex& SourcesLock() {
  static auto* const lock = new absl::Mutex();
  return *lock;
}

}  // namespace

absl::StatusOr<Summary> Summarizer::Summarize(const std::string& file) {
  // Before the file: a wrong name should not cost the loading of a model.
  absl::Status made = MakeMetrics();
  if (!made.ok()) return made;
  if (looked_at_ != file) LookAt(file);
  const absl::StatusOr<std::string> name = std::move(source_);
  looked_at_.clear();  // The file may be another one the next time.
  if (!name.ok()) return name.status();
  BeginPhase(phases_, "load the source");
  absl::StatusOr<std::unique_ptr<ModelSource>> source =
      host_.MakeSource(*name, options_);
  if (!source.ok()) return source.status();
  ModelInfo info;
  info.set_source(*name);
  info.set_file(file);
  absl::StatusOr<Summary> summary = SummarizeOn(device_, **source, info, "");
  if (!may_need_cpu() || !absl::IsFailedPrecondition(summary.status())) {
    return summary;
  }
  // Shapes alone were not enough. What is right is worth the wait.
  absl::string_view why = summary.status().message();
  const std::string place = absl::StrCat(" (", file, "): ");
  const size_t begin = why.find(place);
  if (begin != why.npos) why.remove_prefix(begin + place.size());
  return SummarizeOn(
      "cpu", **source, info,
      absl::StrCat("shapes alone were not enough, and the model was read with "
                   "its weights, for the CPU: ",
                   why));
}

absl::StatusOr<Summary> Summarizer::SummarizeOn(const std::string& device,
                                                ModelSource& source,
                                                const ModelInfo& info,
                                                const std::string& warning) {
  OpenOptions options;
  options.device = device;
  options.op_libraries = op_libraries_;
  options.program = program_;
  options.phases = phases_;
  model_.reset();
  const absl::MutexLock one_at_a_time(&SourcesLock());
  const std::string label = absl::StrCat("source '", info.source(), "'");
  Tell("loading the model");
  absl::StatusOr<std::unique_ptr<Model>> model =
      CallPlugin(label, [&] { return source.Open(info.file(), options); });
  if (model.ok() && *model == nullptr) {
    model = absl::InternalError(absl::StrCat(label, " gave no model"));
  }
  if (!model.ok()) return model.status();
  model_ = *std::move(model);
  Summary summary;
  absl::Status summarized = Summarize(*model_, info, device, warning, summary);
  if (!summarized.ok()) return summarized;
  return summary;
}

absl::StatusOr<Summary> Summarizer::Summarize(Model& model, ModelInfo info) {
  Summary summary;
  absl::Status summarized = Summarize(model, std::move(info), summary);
  if (!summarized.ok()) return summarized;
  return summary;
}

absl::Status Summarizer::Summarize(Model& model, ModelInfo info,
                                   Summary& summary) {
  return Summarize(model, std::move(info), device_, "", summary);
}

absl::Status Summarizer::Summarize(Model& model, ModelInfo info,
                                   const std::string& run_device,
                                   const std::string& warning,
                                   Summary& summary) {
  records_inputs_ = model.has_recorded_inputs();
  absl::StatusOr<std::vector<Column>> columns = Columns();
  if (!columns.ok()) return columns.status();
  const std::string file = info.file();
  absl::Status device = CheckDevice(model, file, run_device);
  if (!device.ok()) return device;
  SummaryBuilder builder(model.modules(), std::move(info), summary);
  GuardedMetrics visitors(&builder);
  if (!warning.empty()) builder.Warn(warning);
  RunOptions options = AddVisitors(DeviceOf(model, file), visitors, builder);
  options.device = run_device;
  run_status_ = absl::OkStatus();
  if (will_run()) {
    Tell("running the model");
    run_status_ = Run(model, options, visitors, visitors, file);
    if (run_status_.ok()) RunFurther(model, options, visitors, builder);
    if (!run_status_.ok()) {
      // Another device may do better than a part.
      const bool may_go_on = may_need_cpu() && run_device != "cpu" &&
                             absl::IsFailedPrecondition(run_status_);
      if (!partial_ || !builder.ran() || may_go_on) return run_status_;
      builder.SetIncomplete(std::string(run_status_.message()));
    }
  } else {
    visitors.BeginRun(model.modules(), RunInfo());
  }
  BeginPhase(phases_, "collect metrics");
  visitors.Collect(model.modules(), builder);
  for (const std::string& warning : model.warnings()) builder.Warn(warning);
  builder.SetInferred(model.inferred_modules());
  builder.Finish();
  if (will_run() && run_status_.ok()) {
    AddExpressions(host_, metrics_, options_, model, options, summary);
  }
  return absl::OkStatus();
}

void Summarizer::Tell(const char* phase) const {
  if (!on_progress_) return;
  Progress progress;
  progress.phase = phase;
  on_progress_(progress);
}

}  // namespace strata
