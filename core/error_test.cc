#include "core/error.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

absl::Status SomeError() {
  return MakeError(absl::StatusCode::kInternal, "cannot run model", "m.pt",
                   "out of luck");
}

TEST(ErrorTest, Form) {
  EXPECT_EQ(SomeError().message(), "cannot run model (m.pt): out of luck");
  EXPECT_EQ(SomeError().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(
      MakeError(absl::StatusCode::kNotFound, "no model", "", "why").message(),
      "no model: why");
}

TEST(ErrorTest, HintAndDetail) {
  EXPECT_EQ(ErrorHint(SomeError()), "");
  EXPECT_EQ(ErrorDetail(SomeError()), "");

  const absl::Status both =
      WithDetail(WithHint(SomeError(), "try again"), "at a.cc:1\nat b.cc:2");
  EXPECT_EQ(ErrorHint(both), "try again");
  EXPECT_EQ(ErrorDetail(both), "at a.cc:1\nat b.cc:2");
  EXPECT_EQ(both.message(), SomeError().message());
  EXPECT_EQ(both.code(), SomeError().code());

  EXPECT_EQ(ErrorHint(WithHint(both, "other")), "other");
  // An empty text adds nothing and takes nothing away.
  EXPECT_EQ(ErrorHint(WithHint(both, "")), "try again");
  EXPECT_EQ(ErrorDetail(WithDetail(both, "")), "at a.cc:1\nat b.cc:2");
}

TEST(ErrorTest, OkStaysOk) {
  const absl::Status ok =
      WithDetail(WithHint(absl::OkStatus(), "hint"), "detail");
  EXPECT_THAT(ok, IsOk());
  EXPECT_EQ(ErrorHint(ok), "");
  EXPECT_EQ(ErrorDetail(ok), "");
}

struct Row {
  std::string name;
  std::vector<std::string> names;
  std::string hint;
};

TEST(ErrorTest, NearestName) {
  const Row rows[] = {
      {"params", {}, "there are none"},
      {"parms",
       {"macs", "params"},
       "did you mean 'params'? there are: macs, params"},
      {"macs",  // Exact: as when the plugin was refused.
       {"macs", "params"},
       "did you mean 'macs'? there are: macs, params"},
      {"asmc", {"macs"}, "there are: macs"},  // Distance 3 of 4 letters.
      {"latency", {"macs", "params"}, "there are: macs, params"},
      // Two edits are always near enough, more only in a longer word.
      {"ma", {"macs"}, "did you mean 'macs'? there are: macs"},
      {"outputsizes",
       {"output_size"},
       "did you mean 'output_size'? there are: output_size"},
      {"ouputsizes",
       {"output_size"},
       "did you mean 'output_size'? there are: output_size"},
      // Of equally near ones the first.
      {"cat", {"bat", "hat"}, "did you mean 'bat'? there are: bat, hat"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(NearestNameHint(row.name, row.names), row.hint) << row.name;
  }
}

}  // namespace
}  // namespace strata
