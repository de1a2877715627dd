#include "core/guarded_metrics.h"

#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"

namespace strata {

void GuardedMetrics::Add(std::string name, Metric* metric, MetricNeeds needs) {
  metrics_.push_back({std::move(name), metric, needs, false});
}

template <typename Visit>
void GuardedMetrics::ForEach(MetricNeeds needs, Visit visit) {
  for (Guarded& guarded : metrics_) {
    if (guarded.needs < needs || guarded.failed) continue;
    try {
      visit(*guarded.metric);
    } catch (const std::exception& e) {
      Fail(guarded, absl::StrCat("it raised '", e.what(), "'"));
    } catch (...) {
      Fail(guarded, "it raised something that is no std::exception");
    }
  }
}

void GuardedMetrics::Fail(Guarded& guarded, absl::string_view why) {
  guarded.failed = true;
  builder_->Warn(absl::StrCat("metric '", guarded.name,
                              "' failed, its columns are unknown: ", why));
}

void GuardedMetrics::BeginRun(const ModuleTree& tree, const RunInfo& run) {
  builder_->BeginRun(tree, run);
  ForEach(MetricNeeds::kStructure,
          [&](Metric& metric) { metric.BeginRun(tree, run); });
}

void GuardedMetrics::EnterModule(const ModuleCall& call) {
  builder_->EnterModule(call);
  ForEach(MetricNeeds::kModules,
          [&](Metric& metric) { metric.EnterModule(call); });
}

void GuardedMetrics::LeaveModule(const ModuleCall& call) {
  builder_->LeaveModule(call);
  ForEach(MetricNeeds::kModules,
          [&](Metric& metric) { metric.LeaveModule(call); });
}

void GuardedMetrics::VisitOp(const OpCall& op) {
  ForEach(MetricNeeds::kOperators, [&](Metric& metric) { metric.VisitOp(op); });
}

void GuardedMetrics::EndRun() {
  ForEach(MetricNeeds::kStructure, [](Metric& metric) { metric.EndRun(); });
}

void GuardedMetrics::Collect(const ModuleTree& tree, SummaryBuilder& builder) {
  // One at a time: a metric that failed still has its columns in the summary,
  // without values.
  for (Guarded& guarded : metrics_) {
    std::vector<MetricColumn> columns;
    absl::Status collected;
    MetricResults results(0, 0);
    try {
      columns = guarded.metric->columns();
      results = MetricResults(static_cast<int>(columns.size()), tree.size());
      if (!guarded.failed) collected = guarded.metric->Collect(tree, results);
    } catch (const std::exception& e) {
      collected =
          absl::InternalError(absl::StrCat("it raised '", e.what(), "'"));
    } catch (...) {
      collected =
          absl::InternalError("it raised something that is no std::exception");
    }
    if (!collected.ok()) {
      Fail(guarded, collected.message());
      results = MetricResults(static_cast<int>(columns.size()), tree.size());
    }
    builder.AddMetric(guarded.name, columns, results);
  }
}

}  // namespace strata
