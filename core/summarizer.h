// The arrow from a model to its summary: the C++ API.
//
//   strata::PluginHost host(strata::PluginFolders(""));
//   strata::Summarizer summarizer(host);
//   summarizer.Metrics({"params", "macs"}).Inputs({{{1, 3, 224, 224}}});
//   absl::StatusOr<strata::Summary> summary = summarizer.Summarize("m.pt");
//
// Never prints and never exits; errors are in the form of core/error.h.

#ifndef STRATA_CORE_SUMMARIZER_H_
#define STRATA_CORE_SUMMARIZER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/chosen_metrics.h"
#include "core/metric.h"
#include "core/model.h"
#include "core/plugin_host.h"
#include "core/summary.pb.h"
#include "core/timed_runs.h"

namespace strata {

class GuardedMetrics;  // core/guarded_metrics.h
class SummaryBuilder;  // core/summary_builder.h

// Makes one summary. Used by one thread; several threads may each have one,
// with a host of its own: they share nothing but the code. Files are opened and
// run one after another all the same, for what sources are made of has settings
// of the whole process; models of the caller's own are not.
class Summarizer {
 public:
  // `host` must outlive it.
  explicit Summarizer(PluginHost& host) : host_(host) {}

  // Metrics by the names of their plugins, in the order of their columns.
  Summarizer& Metrics(std::vector<std::string> names);
  // A metric of the caller's own; `uses` as in STRATA_METRIC_PLUGIN_USING.
  Summarizer& AddMetric(std::string name, std::unique_ptr<Metric> metric,
                        std::vector<std::string> uses = {});
  // An option of a plugin: Set("roofline.device", "h100"). Errors come from
  // Columns() and Summarize(): no such plugin or option, a value that does not
  // fit.
  Summarizer& Set(std::string option, std::string value);
  // One spec for each positional input of forward. Without a call of this the
  // model is not run: the summary has its structure and parameters. (For a
  // forward without inputs, give an empty list.)
  Summarizer& Inputs(std::vector<InputSpec> inputs);
  // In place of Inputs: real inputs, from a file (RunOptions::inputs_file).
  Summarizer& InputsFile(std::string file);
  Summarizer& Device(std::string device);  // Default: the model's own.
  Summarizer& Training(bool training);     // Default: evaluation mode.
  // Of several programs in one file.
  Summarizer& Program(std::string name);
  // Sizes for dimensions that the file leaves open, by name. Figures are then
  // numbers for these, and expressions in the others.
  Summarizer& Dimensions(std::vector<std::pair<std::string, int64_t>> sizes);
  // Shared libraries of operators that models call.
  Summarizer& OpLibraries(std::vector<std::string> files);
  // The memory of a device that the model is to fit in, for metrics that can
  // say whether it does; 0: none is stated.
  Summarizer& MemoryLimit(int64_t bytes);
  // Notes there how long each part takes. Must outlive the summarizer.
  Summarizer& NotePhases(Phases* phases);

  // Where a run fails: the summary of what ran until then, marked incomplete,
  // and run_status() says why. Without it a run that fails leaves no summary.
  Summarizer& Partial(bool partial);

  // Ends a run that takes longer, with kDeadlineExceeded. An operator that does
  // not come back cannot be ended: `stuck` is then called, a little later and
  // from another thread, with the error; a program may want to end itself.
  using OnStuck = std::function<void(const absl::Status&)>;
  Summarizer& Timeout(absl::Duration timeout, OnStuck stuck = nullptr);

  // How often, and how long, a model is run for metrics that time it.
  Summarizer& TimedRuns(TimingOptions options);
  // Threads that the CPU's kernels may use; 0: LibTorch's choice.
  Summarizer& Threads(int threads);
  // Called now and then during long work, from the thread that does it.
  Summarizer& NotifyProgress(OnProgress on_progress);
  // Work ends soon after this has become true, with kCancelled (or, where
  // Partial wants it, with what there is). Must outlive the summarizer.
  Summarizer& CancelWhen(const std::atomic<bool>* cancelled);

  // The columns that the chosen metrics will fill, before anything is opened:
  // without Inputs those of metrics that need no run.
  absl::StatusOr<std::vector<Column>> Columns();
  // Finds the source of `file`, of which a later Summarize is. A file may say
  // what its inputs are: then it runs without Inputs, and Columns are as such.
  // What is wrong with the file Summarize says.
  void LookAt(const std::string& file);

  // The model is kept until the next call, or the end of the summarizer.
  absl::StatusOr<Summary> Summarize(const std::string& file);
  // `info.name` is filled in from the model.
  absl::StatusOr<Summary> Summarize(Model& model, ModelInfo info);
  // The same in `summary`, whatever was in it. One of many modules is made and
  // given back faster on a google::protobuf::Arena. After an error it has
  // anything in it.
  absl::Status Summarize(Model& model, ModelInfo info, Summary& summary);

  // How the last run ended; differs from Summarize's own only with Partial.
  const absl::Status& run_status() const { return run_status_; }

 private:
  // Whether something computes there, for the clock.
  static bool Computes(const std::string& device) {
    return !device.empty() && device != kShapeDevice;
  }
  // Why a metric has nothing to be told on this device; "" if it has.
  std::string WhyLeftOut(const Metric& metric, const std::string& device) const;
  // Runs that follow the one that the user asked for.
  void RunFurther(Model& model, RunOptions options, GuardedMetrics& visitors,
                  SummaryBuilder& builder);
  bool will_run() const {
    return inputs_ || !inputs_file_.empty() || records_inputs_;
  }
  // A run on shapes may turn out to need values, and the CPU is then taken.
  bool may_need_cpu() const {
    return device_.empty() || device_ == kShapeDevice;
  }
  absl::Status MakeMetrics();
  std::string DeviceOf(const Model& model, const std::string& file) const;
  absl::StatusOr<Summary> SummarizeOn(const std::string& device,
                                      ModelSource& source,
                                      const ModelInfo& info,
                                      const std::string& warning);
  absl::Status Summarize(Model& model, ModelInfo info,
                         const std::string& run_device,
                         const std::string& warning, Summary& summary);
  absl::Status CheckDevice(const Model& model, const std::string& file,
                           const std::string& run_device) const;
  void Tell(const char* phase) const;
  RunOptions AddVisitors(const std::string& device, GuardedMetrics& visitors,
                         SummaryBuilder& builder);
  // `visitors` know which module is running, for errors.
  absl::Status Run(Model& model, const RunOptions& options,
                   ModuleVisitor& visitor, const GuardedMetrics& visitors,
                   const std::string& file);
  absl::Status RunBatches(Model& model, RunOptions options,
                          GuardedMetrics& visitors, const std::string& file);

  PluginHost& host_;
  std::vector<std::string> metric_names_;
  OptionTexts options_;
  std::vector<ChosenMetric> metrics_;
  std::optional<std::vector<InputSpec>> inputs_;
  std::string inputs_file_;
  std::string program_;
  std::vector<std::pair<std::string, int64_t>> dimensions_;
  std::string looked_at_;  // A file, and its source.
  absl::StatusOr<std::string> source_ = absl::NotFoundError("");
  bool records_inputs_ = false;
  std::string device_;
  std::vector<std::string> op_libraries_;
  Phases* phases_ = nullptr;
  int64_t memory_limit_ = 0;
  bool training_ = false;
  bool partial_ = false;
  absl::Duration timeout_ = absl::InfiniteDuration();
  OnStuck stuck_;
  TimingOptions timing_;
  int threads_ = 0;
  OnProgress on_progress_;
  const std::atomic<bool>* cancelled_ = nullptr;
  absl::Status run_status_;
  std::unique_ptr<Model> model_;  // Of the last file.
};

}  // namespace strata

#endif  // STRATA_CORE_SUMMARIZER_H_
