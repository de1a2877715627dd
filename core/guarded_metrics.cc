#include "core/guarded_metrics.h"

#include <exception>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "core/running_plugin.h"

namespace strata {
namespace {

// A value of each kind for each module, as it was made.
bool IsWhole(const ColumnValues& values, size_t modules) {
  return values.self.size() == modules && values.total.size() == modules &&
         values.real_self.size() == modules &&
         values.real_total.size() == modules;
}

}  // namespace

void GuardedMetrics::Add(std::string name, Metric* metric, MetricNeeds needs,
                         std::vector<std::string> uses, bool on_request) {
  Guarded guarded;
  guarded.label = absl::StrCat("metric '", name, "'");
  guarded.name = std::move(name);
  guarded.metric = metric;
  guarded.needs = needs;
  guarded.uses = std::move(uses);
  guarded.on_request = on_request;
  guarded.is_told = needs != MetricNeeds::kTimed;
  metrics_.push_back(std::move(guarded));
}

template <typename Visit>
void GuardedMetrics::ForEach(MetricNeeds needs, Visit visit) {
  for (Guarded& guarded : metrics_) {
    if (guarded.needs < needs || guarded.failed || !guarded.is_told) continue;
    const RunningPlugin running(guarded.label);
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
  if (is_first_) builder_->BeginRun(tree, run);
  open_.clear();
  running_ = -1;
  ForEach(MetricNeeds::kStructure,
          [&](Metric& metric) { metric.BeginRun(tree, run); });
}

void GuardedMetrics::EnterModule(const ModuleCall& call) {
  if (is_first_) builder_->EnterModule(call);
  open_.push_back(call.module);
  running_ = call.module;
  ForEach(MetricNeeds::kModules,
          [&](Metric& metric) { metric.EnterModule(call); });
}

void GuardedMetrics::LeaveModule(const ModuleCall& call) {
  if (is_first_) builder_->LeaveModule(call);
  if (!open_.empty()) open_.pop_back();
  running_ = open_.empty() ? -1 : open_.back();
  ForEach(MetricNeeds::kModules,
          [&](Metric& metric) { metric.LeaveModule(call); });
}

void GuardedMetrics::VisitOp(const OpCall& op) {
  if (is_first_) builder_->VisitOp(op);
  ForEach(MetricNeeds::kOperators, [&](Metric& metric) { metric.VisitOp(op); });
}

void GuardedMetrics::VisitMemory(const MemoryEvent& event) {
  ForEach(MetricNeeds::kMemory,
          [&](Metric& metric) { metric.VisitMemory(event); });
}

bool GuardedMetrics::BeginTraining() {
  is_first_ = false;
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

bool GuardedMetrics::BeginTimed() {
  is_first_ = false;
  bool any = false;
  for (Guarded& guarded : metrics_) {
    guarded.is_told = guarded.needs == MetricNeeds::kTimed && !guarded.failed;
    any |= guarded.is_told;
  }
  return any;
}

std::optional<int64_t> GuardedMetrics::BeginBatch() {
  // Enough to bisect all of 64 bits twice over.
  constexpr int kMostBatches = 128;
  is_first_ = false;
  std::optional<int64_t> batch;
  for (Guarded& guarded : metrics_) {
    guarded.is_told = false;
    if (batch || guarded.failed || guarded.batches == kMostBatches) continue;
    try {
      batch = guarded.metric->next_batch();
    } catch (...) {
      Fail(guarded, "it raised when asked for a batch");
    }
    if (!batch) continue;
    guarded.is_told = true;
    ++guarded.batches;
  }
  return batch;
}

void GuardedMetrics::FailBatch(int64_t batch, absl::string_view why) {
  for (const Guarded& guarded : metrics_) {
    if (!guarded.is_told || guarded.failed) continue;
    builder_->Warn(absl::StrCat("metric '", guarded.name,
                                "' saw no run with a batch of ", batch, ": ",
                                why));
  }
}

void GuardedMetrics::EndRun() {
  ForEach(MetricNeeds::kStructure, [](Metric& metric) { metric.EndRun(); });
}

GuardedMetrics::Guarded* GuardedMetrics::Find(absl::string_view name) {
  for (Guarded& guarded : metrics_) {
    if (guarded.name == name) return &guarded;
  }
  return nullptr;
}

// Each behind those that it uses. There are no cycles: whoever added them has
// looked after that; one would only be cut somewhere.
std::vector<GuardedMetrics::Guarded*> GuardedMetrics::InOrderOfUse() {
  std::vector<Guarded*> order;
  absl::flat_hash_set<const Guarded*> begun;
  std::vector<std::pair<Guarded*, size_t>> open;  // With the next of its uses.
  for (Guarded& first : metrics_) {
    if (begun.insert(&first).second) open.emplace_back(&first, 0);
    while (!open.empty()) {
      auto& [guarded, next] = open.back();
      if (next == guarded->uses.size()) {
        order.push_back(guarded);
        open.pop_back();
        continue;
      }
      Guarded* used = Find(guarded->uses[next++]);
      if (used != nullptr && begun.insert(used).second) {
        open.emplace_back(used, 0);
      }
    }
  }
  return order;
}

void GuardedMetrics::Collect(const ModuleTree& tree, Guarded& guarded) {
  const auto empty = [&] {
    return MetricResults(static_cast<int>(guarded.columns.size()), tree.size());
  };
  absl::Status collected;
  const RunningPlugin running(guarded.label);
  try {
    guarded.columns = guarded.metric->columns();
    guarded.results = empty();
    for (const std::string& name : guarded.uses) {
      Guarded* used = Find(name);
      if (used == nullptr || used->failed) continue;
      for (size_t c = 0; c < used->columns.size(); ++c) {
        guarded.results.SetOther(used->columns[c].id,
                                 &used->results.column(static_cast<int>(c)));
      }
    }
    if (!guarded.failed) {
      collected = guarded.metric->Collect(tree, guarded.results);
    }
  } catch (const std::exception& e) {
    collected = absl::InternalError(absl::StrCat("it raised '", e.what(), "'"));
  } catch (...) {
    collected =
        absl::InternalError("it raised something that is no std::exception");
  }
  if (collected.ok() && !guarded.results.misplaced().empty()) {
    collected = absl::InternalError(guarded.results.misplaced());
  }
  for (int c = 0; c < static_cast<int>(guarded.columns.size()); ++c) {
    if (!collected.ok() || IsWhole(guarded.results.column(c), tree.size())) {
      continue;
    }
    collected = absl::InternalError(
        absl::StrCat("it gave column '", guarded.columns[c].id,
                     "' another length than there are modules"));
  }
  if (!collected.ok()) {
    Fail(guarded, collected.message());
    guarded.results = empty();
  }
}

void GuardedMetrics::Collect(const ModuleTree& tree, SummaryBuilder& builder) {
  // A metric that failed still has its columns in the summary, without values.
  for (Guarded* guarded : InOrderOfUse()) {
    Collect(tree, *guarded);
    // What others are given are whole subtrees.
    builder.SumTotals(guarded->columns, guarded->results);
  }
  for (Guarded& guarded : metrics_) {
    builder.AddMetric(guarded.name, guarded.columns, guarded.results,
                      guarded.on_request);
  }
}

}  // namespace strata
