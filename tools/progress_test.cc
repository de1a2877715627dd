#include "tools/progress.h"

#include <csignal>

#include "gtest/gtest.h"

namespace strata::tools {
namespace {

TEST(ProgressTextTest, SaysWhatIsKnown) {
  Progress progress;
  progress.phase = "loading the model";
  EXPECT_EQ(ProgressText(progress), "loading the model");
  progress.phase = "run";
  progress.run = 3;
  EXPECT_EQ(ProgressText(progress), "run 3");
  progress.runs = 50;
  progress.left = absl::Seconds(61.2);
  EXPECT_EQ(ProgressText(progress), "run 3 of 50, about 1m2s left");
}

TEST(ProgressLineTest, WritesNothingWhereThereIsNoTerminal) {
  testing::internal::CaptureStderr();
  {
    ProgressLine line(/*quiet=*/false);
    line.Show({"run", 1, 2, absl::Seconds(1)});
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(InterruptTest, CtrlCIsToldOnce) {
  const std::atomic<bool>& interrupted = WatchForInterrupt();
  EXPECT_FALSE(interrupted);
  std::raise(SIGINT);
  EXPECT_TRUE(interrupted);
  // The next one ends the program, as it always did.
  EXPECT_EXIT(std::raise(SIGINT), testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace strata::tools
