// a maker that succeeds and gives nothing

#include "tests/bad_plugins/good_metric.h"

namespace {

struct Nothing {
  static absl::StatusOr<std::unique_ptr<strata::Metric>> Make(
      const strata::PluginOptions&) {
    return std::unique_ptr<strata::Metric>();
  }
};

}  // namespace

STRATA_METRIC_PLUGIN(makes_nothing, "makes nothing", Nothing);
