// Of Summarizer: which metrics there are, and the columns that they fill.

#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/summarizer.h"

namespace strata {

absl::Status Summarizer::MakeMetrics() {
  absl::Status fit = host_.CheckOptions(options_);
  if (!fit.ok()) return fit;
  std::vector<ChosenMetric> made;
  for (const std::string& name : metric_names_) {
    absl::Status added =
        AddMetricPlugin(host_, name, /*on_request=*/false, options_, made);
    if (!added.ok()) return added;
  }
  metric_names_.clear();
  std::move(made.begin(), made.end(), std::back_inserter(metrics_));
  absl::Status used = AddUsedMetrics(host_, options_, metrics_);
  if (!used.ok()) return used;
  for (const ChosenMetric& metric : metrics_) {
    absl::Status checked = CheckMetric(metric);
    if (!checked.ok()) return checked;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Column>> Summarizer::Columns() {
  absl::Status made = MakeMetrics();
  if (!made.ok()) return made;
  std::vector<Column> columns;
  for (const ChosenMetric& named : metrics_) {
    if (!WhyLeftOut(*named.metric, device_).empty()) continue;
    for (const MetricColumn& from : named.metric->columns()) {
      for (const Column& other : columns) {
        if (other.id() != from.id) continue;
        return absl::InvalidArgumentError(
            absl::StrCat("metrics '", other.metric(), "' and '", named.name,
                         "' both have a column '", from.id, "'"));
      }
      Column column;
      column.set_id(from.id);
      column.set_metric(named.name);
      column.set_title(from.title);
      column.set_unit(from.unit);
      if (from.on_request || named.on_request) column.set_on_request(true);
      if (from.is_real) column.set_real(true);
      columns.push_back(std::move(column));
    }
  }
  return columns;
}

std::string Summarizer::WhyLeftOut(const Metric& metric,
                                   const std::string& device) const {
  const MetricNeeds needs = metric.needs();
  if (needs == MetricNeeds::kStructure) return "";
  if (!will_run()) return "it needs a run, and no input sizes were given";
  if (needs == MetricNeeds::kTimed && !Computes(device)) {
    return "it needs a real run, on a device that computes: --device=cpu or "
           "--device=cuda";
  }
  return "";
}

}  // namespace strata
