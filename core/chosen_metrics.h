// The metrics of one summary: those asked for, and those that these use.

#ifndef STRATA_CORE_CHOSEN_METRICS_H_
#define STRATA_CORE_CHOSEN_METRICS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/metric.h"
#include "core/plugin_host.h"

namespace strata {

struct ChosenMetric {
  std::string name;
  std::unique_ptr<Metric> metric;
  std::vector<std::string> uses;  // Names of others whose values it works with.
  // Only here because another uses it: shown where its columns are asked for.
  bool on_request = false;
};

// Makes the plugin's metric of this name and adds it, unless one of that name
// is there. Errors are the host's.
absl::Status AddMetricPlugin(PluginHost& host, const std::string& name,
                             bool on_request,
                             std::vector<ChosenMetric>& metrics);

// Adds what is used and not there, and what that uses. Errors: kNotFound, with
// who uses what; kInvalidArgument: metrics that use each other in a circle.
absl::Status AddUsedMetrics(PluginHost& host,
                            std::vector<ChosenMetric>& metrics);

}  // namespace strata

#endif  // STRATA_CORE_CHOSEN_METRICS_H_
