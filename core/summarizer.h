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

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/metric.h"
#include "core/model.h"
#include "core/plugin_host.h"
#include "core/summary.pb.h"

namespace strata {

// Makes one summary. Used by one thread; several may share nothing but the
// code, each with a host of its own.
class Summarizer {
 public:
  // `host` must outlive it.
  explicit Summarizer(PluginHost& host) : host_(host) {}

  // Metrics by the names of their plugins, in the order of their columns.
  Summarizer& Metrics(std::vector<std::string> names);
  // A metric of the caller's own.
  Summarizer& AddMetric(std::string name, std::unique_ptr<Metric> metric);
  // One spec for each positional input of forward. Without a call of this the
  // model is not run: the summary has its structure and parameters. (For a
  // forward without inputs, give an empty list.)
  Summarizer& Inputs(std::vector<InputSpec> inputs);
  Summarizer& Device(std::string device);  // Default: the model's own.
  Summarizer& Training(bool training);     // Default: evaluation mode.

  // The columns that the chosen metrics will fill, before anything is opened:
  // without Inputs those of metrics that need no run.
  absl::StatusOr<std::vector<Column>> Columns();

  absl::StatusOr<Summary> Summarize(const std::string& file);
  // `info.name` is filled in from the model.
  absl::StatusOr<Summary> Summarize(Model& model, ModelInfo info);

 private:
  struct NamedMetric {
    std::string name;
    std::unique_ptr<Metric> metric;
  };

  absl::Status MakeMetrics();

  PluginHost& host_;
  std::vector<std::string> metric_names_;
  std::vector<NamedMetric> metrics_;
  std::optional<std::vector<InputSpec>> inputs_;
  std::string device_;
  bool training_ = false;
};

}  // namespace strata

#endif  // STRATA_CORE_SUMMARIZER_H_
