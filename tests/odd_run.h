// A run that no model has, which a metric takes all the same.

#ifndef STRATA_TESTS_ODD_RUN_H_
#define STRATA_TESTS_ODD_RUN_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "core/metric.h"
#include "core/module_visitor.h"

namespace strata {

// Of modules 0 and 1, with what a metric may not expect: an operator that
// nobody knows, operators without arguments, sizes at their limit, a module
// that is called twice and others that are not.
absl::Status OddRun(ModuleVisitor& visitor);

// In place of a metric that the plugin uses.
class StandInMetric : public Metric {
 public:
  explicit StandInMetric(std::string name) : name_(std::move(name)) {}
  std::vector<MetricColumn> columns() const override {
    return {{name_, name_, "", Aggregation::kSum}};
  }
  MetricNeeds needs() const override { return MetricNeeds::kStructure; }
  absl::Status Collect(const ModuleTree& tree,
                       MetricResults& results) override {
    for (int i = 0; i < tree.size(); ++i) {
      results.SetSelf(0, i, i == 1 ? Count::Unknown() : Count(INT64_MAX / 2));
    }
    return absl::OkStatus();
  }

 private:
  const std::string name_;
};

}  // namespace strata

#endif  // STRATA_TESTS_ODD_RUN_H_
