// Checks that one plugin keeps the rules of core/plugin.h:
//
//   plugin_conformance LIBRARY NAME [KEPT]
//
// KEPT: as many bytes may each use keep, where a library that the plugin needs
// does not give all back.
//
// The rules of metrics and of formatters alone are in metric_conformance.cc and
// formatter_conformance.cc. Every plugin's BUILD macro runs it; third parties
// run it on theirs (docs/writing-a-plugin.md).

#include <boost/dll/library_info.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/plugin_descriptor.h"
#include "core/plugin_host.h"
#include "core/summarizer.h"
#include "core/summary.pb.h"
#include "tests/conformance_tools.h"
#include "tests/odd_run.h"
#include "tests/odd_summary.h"
#include "tests/plugin_under_test.h"
#include "tests/testing.h"

namespace strata {
namespace {

TEST(Conformance, DescriptorIsReadWithoutLoading) {
  const PluginDescriptor descriptor = DescriptorOfThisPlugin();
  EXPECT_EQ(descriptor.name, TestedPlugin().name);
  EXPECT_THAT(CheckPluginMatches(descriptor), IsOk());
  EXPECT_FALSE(descriptor.description.empty());
  EXPECT_FALSE(absl::StrContains(descriptor.description, "\n"));
  EXPECT_FALSE(descriptor.version.empty());
  if (descriptor.kind == "source") {
    EXPECT_FALSE(descriptor.content.empty());
  }
}

TEST(Conformance, ExportsOneSymbol) {
  boost::dll::library_info info(TestedPlugin().library);
  std::vector<std::string> exported;
  for (const std::string& symbol : info.symbols()) {
    // What the linker itself adds to every library.
    if (symbol == "_init" || symbol == "_fini" || symbol == "__bss_start" ||
        symbol == "_edata" || symbol == "_end") {
      continue;
    }
    // AddressSanitizer's own marks of our variables.
    if (absl::StartsWith(symbol, "__odr_asan")) continue;
    exported.push_back(symbol);
  }
  EXPECT_THAT(exported, ::testing::ElementsAre(absl::StrCat(
                            "strata_plugin_", TestedPlugin().name)));
}

TEST(Conformance, IsNeverUnloadedAndSourcesAloneNeedLibTorch) {
  const DynamicEntries entries = ReadDynamicEntries(TestedPlugin().library);
  EXPECT_TRUE(entries.never_unloaded) << "link with -z nodelete";
  if (DescriptorOfThisPlugin().kind == "source") return;
  for (const std::string& needed : entries.needed) {
    EXPECT_FALSE(absl::StartsWith(needed, "libtorch")) << needed;
    EXPECT_FALSE(absl::StartsWith(needed, "libc10")) << needed;
  }
}

TEST(Conformance, GivesItsMemoryBack) {
  PluginHost host = HostOfThisPlugin();
  const PluginDescriptor descriptor = DescriptorOfThisPlugin();
  const std::string& kind = descriptor.kind;
  FakeModel model(TreeOf({"", "a", "b", "c"}), OddRun);
  const Summary summary = OddSummary();
  const int64_t kept = BytesKept([&] {
    StringSink sink;
    if (kind == "metric") {
      Summarizer summarizer(host);
      summarizer.Metrics({TestedPlugin().name})
          .Inputs({{{2, 3}, DType::kFloat32}});
      for (const std::string& used : descriptor.uses) {
        summarizer.AddMetric(used, std::make_unique<StandInMetric>(used));
      }
      summarizer.Summarize(model, ModelInfo()).status().IgnoreError();
    } else if (kind == "formatter") {
      auto formatter = host.MakeFormatter(TestedPlugin().name);
      if (!formatter.ok()) return;
      (*formatter)->Format(summary, FormatOptions(), sink).IgnoreError();
    } else {
      auto source = host.MakeSource(TestedPlugin().name);
      if (!source.ok()) return;
      (*source)->Open("/no/such/file", {}).status().IgnoreError();
    }
  });
  EXPECT_LE(kept, TestedPlugin().may_keep_bytes)
      << kept << " bytes of each use: is not given back";
}

TEST(Conformance, SourceNamesTheFileThatItCannotOpen) {
  if (DescriptorOfThisPlugin().kind != "source") return;
  CatchStandardOutput caught;
  PluginHost host = HostOfThisPlugin();
  ASSERT_OK_AND_ASSIGN(auto source, host.MakeSource(TestedPlugin().name));
  for (const char* content : {"", "PK\x03\x04", "garbage"}) {
    const std::string file = WriteTempFile("bad_model", content);
    const auto opened = source->Open(file, {});
    EXPECT_FALSE(opened.ok());
    EXPECT_THAT(std::string(opened.status().message()),
                ::testing::HasSubstr(file));
  }
  EXPECT_FALSE(source->Open("/no/such/file", {}).ok());
  EXPECT_EQ(caught.Text(), "");
}

}  // namespace
}  // namespace strata

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc != 3 && argc != 4) {
    std::fprintf(stderr, "usage: plugin_conformance LIBRARY NAME [KEPT]\n");
    return 2;
  }
  strata::PluginUnderTest& plugin = strata::TestedPlugin();
  plugin.library = std::filesystem::absolute(argv[1]);
  plugin.name = argv[2];
  if (argc == 4) plugin.may_keep_bytes = std::atoll(argv[3]);
  return RUN_ALL_TESTS();
}
