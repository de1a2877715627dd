// A summarizer of one's own: one plugin that is linked in, one found in a
// folder, and a metric of the program's own.
//
//   custom_summarizer PLUGIN_FOLDER MODEL 1x3x224x224

#include <iostream>

#include "core/input_size.h"
#include "core/plugin.h"
#include "core/summarizer.h"

// From the file names.cc beside this one, which could be a shared library.
extern "C" const strata::PluginEntry* strata_plugin_names();

// How many operators each module called.
class Operators : public strata::Metric {
 public:
  std::vector<strata::MetricColumn> columns() const override {
    return {{"operators", "Operators"}};
  }
  strata::MetricNeeds needs() const override {
    return strata::MetricNeeds::kOperators;
  }
  void BeginRun(const strata::ModuleTree& tree,
                const strata::RunInfo&) override {
    self_.assign(tree.size(), 0);
  }
  void VisitOp(const strata::OpCall& op) override {
    if (op.nesting == 0) self_[op.module] += 1;
  }
  absl::Status Collect(const strata::ModuleTree& tree,
                       strata::MetricResults& results) override {
    for (int i = 0; i < tree.size(); ++i) results.SetSelf(0, i, self_[i]);
    return absl::OkStatus();
  }

 private:
  std::vector<strata::Count> self_;
};

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  strata::PluginHost host({argv[1]});     // Found, and loaded when asked for.
  host.AddStatic(strata_plugin_names());  // Linked in.
  strata::Summarizer summarizer(host);
  summarizer.Metrics({"macs"}).AddMetric("mine", std::make_unique<Operators>());
  summarizer.Inputs(*strata::ParseInputSizes(argv[3]));
  const absl::StatusOr<strata::Summary> summary = summarizer.Summarize(argv[2]);
  strata::StringSink sink;
  absl::Status status = summary.status();
  if (status.ok()) {
    status = (*host.MakeFormatter("names"))->Format(*summary, {}, sink);
  }
  std::cout << (status.ok() ? sink.text() : status.ToString()) << "\n";
  return status.ok() ? 0 : 1;
}
