// Summaries of a real model on several threads at once.

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "core/plugin_host.h"
#include "core/summarizer.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

std::string SummaryText() {
  PluginHost host({std::filesystem::absolute(DataPath("tools/plugins"))});
  Summarizer summarizer(host);
  summarizer.Metrics({"params", "macs"}).Inputs({{{1, 1, 28, 28}}});
  const absl::StatusOr<Summary> summary =
      summarizer.Summarize(DataPath("examples/models/lenet.pt"));
  if (!summary.ok()) return summary.status().ToString();
  return absl::StrCat(summary->totals().at("params"), " ",
                      summary->totals().at("macs"), " ", summary->layers_size(),
                      " ", summary->warnings_size());
}

TEST(TorchscriptThreadsTest, GiveWhatOneGives) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 5;
  std::vector<std::string> odd(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int round = 0; round < kRounds; ++round) {
        const std::string text = SummaryText();
        if (text != "61706 416520 13 0") odd[t] = text;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(odd, testing::Each(""));
}

}  // namespace
}  // namespace strata
