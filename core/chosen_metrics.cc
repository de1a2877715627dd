#include "core/chosen_metrics.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/error.h"

namespace strata {
namespace {

bool Has(const std::vector<ChosenMetric>& metrics, absl::string_view name) {
  return std::any_of(metrics.begin(), metrics.end(),
                     [&](const auto& other) { return other.name == name; });
}

// Walks along the uses without recursion. Each metric is open while those it
// uses are walked: to meet an open one again is a circle.
absl::Status CheckCircles(const std::vector<ChosenMetric>& metrics) {
  enum class State { kOpen, kDone };
  absl::flat_hash_map<std::string, const ChosenMetric*> by_name;
  for (const ChosenMetric& metric : metrics) by_name[metric.name] = &metric;
  absl::flat_hash_map<std::string, State> states;
  for (const ChosenMetric& first : metrics) {
    std::vector<std::pair<const ChosenMetric*, size_t>> path;
    if (states.try_emplace(first.name, State::kOpen).second) {
      path.emplace_back(&first, 0);
    }
    while (!path.empty()) {
      auto& [metric, next] = path.back();
      if (next == metric->uses.size()) {
        states[metric->name] = State::kDone;
        path.pop_back();
        continue;
      }
      const std::string& used = metric->uses[next++];
      const auto [state, is_new] = states.try_emplace(used, State::kOpen);
      if (is_new) {
        path.emplace_back(by_name.at(used), 0);
      } else if (state->second == State::kOpen) {
        std::vector<std::string> circle;
        for (const auto& [on_path, unused] : path) {
          if (on_path->name == used || !circle.empty()) {
            circle.push_back(absl::StrCat("'", on_path->name, "'"));
          }
        }
        circle.push_back(absl::StrCat("'", used, "'"));
        return absl::InvalidArgumentError(
            absl::StrCat("metrics use each other in a circle: ",
                         absl::StrJoin(circle, " uses ")));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status AddMetricPlugin(PluginHost& host, const std::string& name,
                             bool on_request,
                             std::vector<ChosenMetric>& metrics) {
  absl::StatusOr<std::unique_ptr<Metric>> metric = host.MakeMetric(name);
  if (!metric.ok()) return metric.status();
  const PluginDescriptor* descriptor = host.Find("metric", name);
  metrics.push_back(
      {name, *std::move(metric),
       descriptor == nullptr ? std::vector<std::string>() : descriptor->uses,
       on_request});
  return absl::OkStatus();
}

absl::Status AddUsedMetrics(PluginHost& host,
                            std::vector<ChosenMetric>& metrics) {
  for (size_t i = 0; i < metrics.size(); ++i) {
    const std::vector<std::string> uses = metrics[i].uses;
    const std::string user = metrics[i].name;
    for (const std::string& used : uses) {
      if (Has(metrics, used)) continue;
      const absl::Status added =
          AddMetricPlugin(host, used, /*on_request=*/true, metrics);
      if (added.ok()) continue;
      return WithHint(absl::Status(added.code(),
                                   absl::StrCat("metric '", user, "' uses '",
                                                used, "': ", added.message())),
                      ErrorHint(added));
    }
  }
  return CheckCircles(metrics);
}

}  // namespace strata
