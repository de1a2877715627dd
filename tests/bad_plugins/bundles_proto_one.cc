// brings generated code of a Protobuf file that another brings, too

#include "tests/bad_plugins/bundled.pb.h"
#include "tests/bad_plugins/good_metric.h"

namespace {

class Bundling : public strata::GoodMetric {
 public:
  void EndRun() override { message_.set_number(1); }

 private:
  strata::tests::bundled::Bundled message_;
};

}  // namespace

STRATA_METRIC_PLUGIN(bundles_proto_one, "brings bundled.proto", Bundling);
