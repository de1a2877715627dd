#include "core/guarded_metrics.h"

#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"

namespace strata {

void GuardedMetrics::Add(std::string name, Metric* metric, MetricNeeds needs) {
  metrics_.push_back({std::move(name), metric, needs});
}

template <typename Visit>
void GuardedMetrics::ForEach(MetricNeeds needs, Visit visit) {
  for (Guarded& guarded : metrics_) {
    if (guarded.needs < needs || guarded.failed || !guarded.is_told) continue;
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
  if (!in_training_) builder_->BeginRun(tree, run);
  open_.clear();
  running_ = -1;
  ForEach(MetricNeeds::kStructure,
          [&](Metric& metric) { metric.BeginRun(tree, run); });
}

void GuardedMetrics::EnterModule(const ModuleCall& call) {
  if (!in_training_) builder_->EnterModule(call);
  open_.push_back(call.module);
  running_ = call.module;
  ForEach(MetricNeeds::kModules,
          [&](Metric& metric) { metric.EnterModule(call); });
}

void GuardedMetrics::LeaveModule(const ModuleCall& call) {
  if (!in_training_) builder_->LeaveModule(call);
  if (!open_.empty()) open_.pop_back();
  running_ = open_.empty() ? -1 : open_.back();
  ForEach(MetricNeeds::kModules,
          [&](Metric& metric) { metric.LeaveModule(call); });
}

void GuardedMetrics::VisitOp(const OpCall& op) {
  if (!in_training_) builder_->VisitOp(op);
  ForEach(MetricNeeds::kOperators, [&](Metric& metric) { metric.VisitOp(op); });
}

void GuardedMetrics::VisitMemory(const MemoryEvent& event) {
  ForEach(MetricNeeds::kMemory,
          [&](Metric& metric) { metric.VisitMemory(event); });
}

bool GuardedMetrics::BeginTraining() {
  in_training_ = true;
  bool any = false;
  for (Guarded& guarded : metrics_) {
    guarded.is_told = false;
    if (guarded.failed) continue;
    try {
      guarded.is_told = guarded.metric->needs_training_run();
    } catch (...) {
      Fail(guarded, "it raised when asked for its needs");
    }
    any |= guarded.is_told;
  }
  return any;
}

void GuardedMetrics::FailTraining(absl::string_view why) {
  for (const Guarded& guarded : metrics_) {
    if (!guarded.is_told || guarded.failed) continue;
    builder_->Warn(absl::StrCat("metric '", guarded.name,
                                "' knows nothing of training: the forward pass "
                                "in train mode failed: ",
                                why));
  }
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
