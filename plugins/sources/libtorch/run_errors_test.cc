#include "plugins/sources/libtorch/run_errors.h"

#include <map>
#include <stdexcept>
#include <string>

#include "gtest/gtest.h"

namespace strata::libtorch {
namespace {

TEST(FirstCause, IsTheLineThatTellsWhatHappened) {
  const std::map<std::string, std::string> cases = {
      {"The following operation failed.\nTraceback of TorchScript (most recent "
       "call last):\n  File \"x.py\", line 3\nRuntimeError: mat1 and mat2\n",
       "RuntimeError: mat1 and mat2"},
      {"expected this\nException raised from f at g.cpp:3\nframe #0: Error: x",
       "expected this"},
      {"one line", "one line"},
      {"", ""},
  };
  for (const auto& [text, cause] : cases) EXPECT_EQ(FirstCause(text), cause);
}

TEST(RaisedError, SaysWhichKindItIs) {
  const c10::Device device("cuda:0");
  const std::map<std::string, absl::StatusCode> cases = {
      {"mat1 and mat2", absl::StatusCode::kInternal},
      {"CUDA out of memory. Tried to allocate 2.00 GiB.",
       absl::StatusCode::kResourceExhausted},
      {"CUDA error: an illegal memory access was encountered",
       absl::StatusCode::kUnavailable},
  };
  for (const auto& [text, code] : cases) {
    const absl::Status status =
        RaisedError(std::runtime_error(text), "in 'fc' (Linear)", device);
    EXPECT_EQ(status.code(), code) << text;
    EXPECT_NE(status.message().find("in 'fc' (Linear)"), std::string::npos);
  }
}

}  // namespace
}  // namespace strata::libtorch
