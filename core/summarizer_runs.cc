// Of Summarizer: the runs of a model, and how they end.

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/error.h"
#include "core/guarded_metrics.h"
#include "core/model.h"
#include "core/running_plugin.h"
#include "core/summarizer.h"
#include "core/summary_builder.h"
#include "core/watchdog.h"

namespace strata {
namespace {

constexpr absl::string_view kCannotRun = "cannot run model";

// How long an operator may go on after the time was up, before it counts as one
// that does not come back.
constexpr absl::Duration kStuckAfter = absl::Seconds(2);

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

}  // namespace strata
