#include "core/guarded_metrics.h"

#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"

namespace strata {

void GuardedMetrics::Add(std::string name, Metric* metric, MetricNeeds needs) {
  metrics_.push_back({std::move(name), metric, needs, ""});
}

template <typename Visit>
void GuardedMetrics::ForEach(MetricNeeds needs, Visit visit) {
  for (Guarded& guarded : metrics_) {
    if (guarded.needs < needs || !guarded.failure.empty()) continue;
    try {
      visit(*guarded.metric);
    } catch (const std::exception& e) {
      guarded.failure = e.what();
    } catch (...) {
      guarded.failure = "it raised something that is no std::exception";
    }
    if (!guarded.failure.empty()) {
      builder_->Warn(absl::StrCat("metric '", guarded.name,
                                  "' failed, its columns are unknown: ",
                                  guarded.failure));
    }
  }
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
  ForEach(MetricNeeds::kOperators,
          [&](Metric& metric) { metric.VisitOp(op); });
}

void GuardedMetrics::EndRun() {
  ForEach(MetricNeeds::kStructure, [](Metric& metric) { metric.EndRun(); });
}

void GuardedMetrics::Collect(const ModuleTree& tree, SummaryBuilder& builder) {
  // One at a time: a metric that failed still has its columns in the summary,
  // without values.
  for (Guarded& guarded : metrics_) {
    const std::vector<MetricColumn> columns = guarded.metric->columns();
    MetricResults results(static_cast<int>(columns.size()), tree.size());
    if (guarded.failure.empty()) {
      absl::Status collected;
      try {
        collected = guarded.metric->Collect(tree, results);
      } catch (const std::exception& e) {
        collected = absl::InternalError(e.what());
      } catch (...) {
        collected = absl::InternalError("it raised no std::exception");
      }
      if (!collected.ok()) {
        builder.Warn(absl::StrCat("metric '", guarded.name,
                                  "' failed, its columns are unknown: ",
                                  collected.message()));
        results = MetricResults(static_cast<int>(columns.size()), tree.size());
      }
    }
    builder.AddMetric(guarded.name, columns, results);
  }
}

}  // namespace strata
