#include "tests/odd_run.h"

#include <cstdint>

#include "tests/testing.h"

namespace strata {

absl::Status OddRun(ModuleVisitor& visitor) {
  CallModule(visitor, 0, 0, {Float({2, 3})}, {}, [&] {
    CallModule(visitor, 1, 0, {}, {Float({0, 3})}, [&] {
      visitor.VisitOp(FakeOp{"odd::operator", {}, {}, 0, 1, ""}.Call());
      visitor.VisitOp(FakeOp{"aten::convolution", {}, {}, 0, 1, ""}.Call());
      visitor.VisitOp(
          FakeOp{"aten::mm", {Float({}), Float({2})}, {Float({})}, 1, 1, ""}
              .Call());
      visitor.VisitOp(FakeOp{"aten::linear",
                             {Float({INT64_MAX, 2}), Float({3, INT64_MAX})},
                             {Float({INT64_MAX, 3})},
                             0,
                             1,
                             ""}
                          .Call());
    });
    CallModule(visitor, 1, 1, {}, {});
  });
  return absl::OkStatus();
}

}  // namespace strata
