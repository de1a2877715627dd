#include "core/phases.h"

#include <vector>

#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace strata {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST(PhasesTest, BeginningOneEndsTheOneBefore) {
  Phases phases;
  phases.End();  // Nothing runs.
  EXPECT_THAT(phases.done(), IsEmpty());
  phases.Begin("read");
  absl::SleepFor(absl::Milliseconds(2));
  BeginPhase(&phases, "run");
  BeginPhase(nullptr, "nobody asks");
  phases.End();
  phases.End();
  ASSERT_THAT(phases.done(), ElementsAre(Field(&Phase::name, "read"),
                                         Field(&Phase::name, "run")));
  EXPECT_GE(phases.done()[0].wall, absl::Milliseconds(2));
  EXPECT_GE(phases.done()[1].wall, absl::ZeroDuration());
  EXPECT_GT(phases.done()[0].peak_resident_bytes, 0);
  EXPECT_GE(phases.done()[1].peak_resident_bytes,
            phases.done()[0].peak_resident_bytes);
}

TEST(PhasesTest, ALineForEachAndOneForTheWhole) {
  Phases phases;
  phases.Begin("read");
  phases.Begin("run");
  phases.End();
  const std::string text = phases.Text();
  const std::vector<std::string> lines =
      absl::StrSplit(text, '\n', absl::SkipEmpty());
  EXPECT_THAT(lines,
              ElementsAre(StartsWith("phase"), StartsWith("read "),
                          StartsWith("run "), StartsWith("all since main()")));
  EXPECT_THAT(text, HasSubstr(" ms "));
  EXPECT_THAT(text, HasSubstr(" MiB"));
}

}  // namespace
}  // namespace strata
