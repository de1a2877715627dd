#include "core/summarizer.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "core/error.h"
#include "core/guarded_metrics.h"
#include "core/model.h"
#include "core/open_sizes.h"
#include "core/running_plugin.h"
#include "core/summary_builder.h"
#include "core/watchdog.h"

namespace strata {
namespace {

constexpr absl::string_view kCannotRun = "cannot run model";

// How long an operator may go on after the time was up, before it counts as one
// that does not come back.
constexpr absl::Duration kStuckAfter = absl::Seconds(2);

// Libraries behind sources have settings of the whole process (LibTorch's
// choice of an executor): of several threads one opens and runs at a time.
absl::Mutex& SourcesLock() {
  static auto* const lock = new absl::Mutex();
  return *lock;
}

// The batch is the first dimension of the first input, and of each other that
// has the same size there.
std::vector<InputSpec> WithBatch(std::vector<InputSpec> inputs, int64_t batch) {
  if (inputs[0].shape.empty()) return inputs;
  const int64_t present = inputs[0].shape[0];
  for (InputSpec& input : inputs) {
    if (!input.shape.empty() && input.shape[0] == present) {
      input.shape[0] = batch;
    }
  }
  return inputs;
}

}  // namespace

absl::Status Summarizer::MakeMetrics() {
  absl::Status fit = host_.CheckOptions(options_);
  if (!fit.ok()) return fit;
  std::vector<ChosenMetric> made;
  for (const std::string& name : metric_names_) {
    absl::Status added =
        AddMetricPlugin(host_, name, /*on_request=*/false, options_, made);
    if (!added.ok()) return added;
  }
  metric_names_.clear();
  std::move(made.begin(), made.end(), std::back_inserter(metrics_));
  absl::Status used = AddUsedMetrics(host_, options_, metrics_);
  if (!used.ok()) return used;
  for (const ChosenMetric& metric : metrics_) {
    absl::Status checked = CheckMetric(metric);
    if (!checked.ok()) return checked;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Column>> Summarizer::Columns() {
  absl::Status made = MakeMetrics();
  if (!made.ok()) return made;
  std::vector<Column> columns;
  for (const ChosenMetric& named : metrics_) {
    if (!WhyLeftOut(*named.metric, device_).empty()) continue;
    for (const MetricColumn& from : named.metric->columns()) {
      for (const Column& other : columns) {
        if (other.id() != from.id) continue;
        return absl::InvalidArgumentError(
            absl::StrCat("metrics '", other.metric(), "' and '", named.name,
                         "' both have a column '", from.id, "'"));
      }
      Column column;
      column.set_id(from.id);
      column.set_metric(named.name);
      column.set_title(from.title);
      column.set_unit(from.unit);
      if (from.on_request || named.on_request) column.set_on_request(true);
      if (from.is_real) column.set_real(true);
      columns.push_back(std::move(column));
    }
  }
  return columns;
}

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

absl::Status Summarizer::CheckDevice(const Model& model,
                                     const std::string& file,
                                     const std::string& run_device) const {
  const std::vector<std::string> devices = model.devices();
  if (run_device.empty() ||
      std::find(devices.begin(), devices.end(), run_device) != devices.end()) {
    return absl::OkStatus();
  }
  return MakeError(absl::StatusCode::kUnimplemented, kCannotRun, file,
                   absl::StrCat("the device '", run_device,
                                "' is not offered by its source; there is: ",
                                absl::StrJoin(devices, ", ")));
}

std::string Summarizer::WhyLeftOut(const Metric& metric,
                                   const std::string& device) const {
  const MetricNeeds needs = metric.needs();
  if (needs == MetricNeeds::kStructure) return "";
  if (!will_run()) return "it needs a run, and no input sizes were given";
  if (needs == MetricNeeds::kTimed && !Computes(device)) {
    return "it needs a real run, on a device that computes: --device=cpu or "
           "--device=cuda";
  }
  return "";
}

void Summarizer::Tell(const char* phase) const {
  if (!on_progress_) return;
  Progress progress;
  progress.phase = phase;
  on_progress_(progress);
}

// A file's default is to compute nothing, and what runs on the CPU only because
// shapes were not enough was not asked to be timed.
std::string Summarizer::DeviceOf(const Model& model,
                                 const std::string& file) const {
  const std::vector<std::string> devices = model.devices();
  return device_.empty() && file.empty() && !devices.empty() ? devices[0]
                                                             : device_;
}

// Adds the metrics that can be told something; what they need of the run.
RunOptions Summarizer::AddVisitors(const std::string& device,
                                   GuardedMetrics& visitors,
                                   SummaryBuilder& builder) {
  RunOptions options;
  if (inputs_) options.inputs = *inputs_;
  options.dimensions = dimensions_;
  options.inputs_file = inputs_file_;
  options.training = training_;
  options.timeout = timeout_;
  options.phases = phases_;
  options.memory_limit_bytes = memory_limit_;
  options.threads = threads_;
  options.cancelled = cancelled_;
  options.watch_operators = false;
  for (ChosenMetric& named : metrics_) {
    const MetricNeeds needs = named.metric->needs();
    const std::string why = WhyLeftOut(*named.metric, device);
    if (!why.empty()) {
      builder.Warn(
          absl::StrCat("metric '", named.name, "' is left out: ", why));
      continue;
    }
    options.watch_operators |=
        needs == MetricNeeds::kOperators || needs == MetricNeeds::kMemory;
    options.watch_memory |= needs == MetricNeeds::kMemory;
    visitors.Add(named.name, named.metric.get(), needs, named.uses,
                 named.on_request);
  }
  if (options.watch_operators) builder.WatchDataFlow();
  return options;
}

absl::Status Summarizer::Run(Model& model, const RunOptions& options,
                             ModuleVisitor& visitor,
                             const GuardedMetrics& visitors,
                             const std::string& file) {
  const auto report_stuck = [&] {
    const int module = std::max(visitors.running(), 0);
    const std::string& path = model.modules().modules[module].path;
    stuck_(MakeError(
        absl::StatusCode::kDeadlineExceeded, kCannotRun, file,
        absl::StrCat(
            "it was not done after ", absl::FormatDuration(timeout_),
            ", and one operator still runs in ",
            path.empty() ? "the model itself" : absl::StrCat("'", path, "'"))));
  };
  std::optional<Watchdog> watchdog;
  if (stuck_ && timeout_ < absl::InfiniteDuration()) {
    watchdog.emplace(timeout_ + kStuckAfter, report_stuck);
  }
  const std::string label = "the model's source";
  absl::Status ran =
      CallPlugin(label, [&] { return model.Run(options, visitor); });
  if (ran.ok()) return ran;
  // The source names the module; here we know the file.
  return WithHint(
      WithDetail(MakeError(ran.code(), kCannotRun, file, ran.message()),
                 ErrorDetail(ran)),
      ErrorHint(ran));
}

// Runs with other batches than the user's, as long as a metric wants to see
// them. Fails where the time was up; that the model takes no such batch is no
// failure.
absl::Status Summarizer::RunBatches(Model& model, RunOptions options,
                                    GuardedMetrics& visitors,
                                    const std::string& file) {
  if (!inputs_ || inputs_->empty()) return absl::OkStatus();
  while (const std::optional<int64_t> batch = visitors.BeginBatch()) {
    options.batch = *batch;
    options.inputs = WithBatch(*inputs_, *batch);
    const absl::Status ran = Run(model, options, visitors, visitors, file);
    if (absl::IsDeadlineExceeded(ran) || absl::IsCancelled(ran)) return ran;
    if (!ran.ok()) visitors.FailBatch(*batch, ran.message());
  }
  return absl::OkStatus();
}

void Summarizer::RunFurther(Model& model, RunOptions options,
                            GuardedMetrics& visitors, SummaryBuilder& builder) {
  const std::string& file = builder.file();
  if (visitors.BeginTraining()) {
    Tell("running it as in training");
    RunOptions training = options;
    training.training = training.gradients = true;
    const absl::Status trained = Run(model, training, visitors, visitors, file);
    if (absl::IsDeadlineExceeded(trained) || absl::IsCancelled(trained)) {
      run_status_ = trained;
    }
    if (!trained.ok()) visitors.FailTraining(trained.message());
  }
  if (run_status_.ok()) {
    run_status_ = RunBatches(model, options, visitors, file);
  }
  if (!run_status_.ok() || !visitors.BeginTimed()) return;
  BeginPhase(phases_, "time runs");
  options.phases = nullptr;  // One phase, and not one for each run.
  Timing timing;
  run_status_ = RunTimed(
      timing_, options,
      [&](const RunOptions& one, ModuleVisitor& visitor) {
        return Run(model, one, visitor, visitors, file);
      },
      visitors, on_progress_, timing);
  builder.SetTiming(std::move(timing));
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

}  // namespace strata
