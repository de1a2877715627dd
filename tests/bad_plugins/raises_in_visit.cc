// raises when it is shown an operator
#include <stdexcept>
#include <string>

#include "tests/bad_plugins/good_metric.h"

namespace {

class Bad : public strata::GoodMetric {
 public:
  void VisitOp(const strata::OpCall& op) override {
    throw std::runtime_error("cannot stand " + std::string(op.name));
  }
};

}  // namespace

STRATA_METRIC_PLUGIN(raises_in_visit, "raises when it is shown an operator",
                     Bad);
